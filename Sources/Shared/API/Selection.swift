internal import Metering
internal import Storage

/// What an answer is about: the `pdu_ids`, `element_ids` or `group_ids` of the interface.
enum Selection {
    /// Every PDU.
    case everyPDU
    /// The PDUs with these ids, ascending, each once.
    case pdus([Int64])
    /// The elements with these ids, ascending, each once.
    case elements([Int64])
    /// The elements of the groups with these ids, ascending, each once.
    case groups([Int64])

    /// The selection that `parameters` name; throws 400.
    ///
    /// Groups are for endpoints that are younger than they are.
    init(_ parameters: QueryParameters, groups allowsGroups: Bool = false) throws(APIError) {
        let groups = allowsGroups ? try IDList.groups.ids(in: parameters) : nil
        switch (try IDList.pdus.ids(in: parameters), try IDList.elements.ids(in: parameters), groups) {
        case (nil, nil, nil): self = .everyPDU
        case (let pdus?, nil, nil): self = .pdus(pdus)
        case (nil, let elements?, nil): self = .elements(elements)
        case (nil, nil, let groups?): self = .groups(groups)
        case (_, _, nil): throw .badParameter("give pdu_ids or element_ids, not both")
        default: throw .badParameter("give only one of pdu_ids, element_ids and group_ids")
        }
    }

    /// The ids of the groups that it names.
    var groupIDs: [Int64] {
        if case .groups(let ids) = self { ids } else { [] }
    }

    /// Whose powers and energies are meant, by what is known in `context`.
    ///
    /// Throws 404 for an id that nothing has, and 400 for elements one of which may be a part of another.
    func resolved(in context: Context) throws -> SelectedMembers {
        let history = context.history
        switch self {
        case .everyPDU:
            let pdus = try history.pdus()
            return SelectedMembers(pdus.map(ElementRecord.init(whole:)), isEveryPDU: true)
        case .pdus(let ids):
            let pdus = try Selection.pdus(ids, in: history)
            let isEvery = try pdus.count == history.pduCount()
            return SelectedMembers(pdus.map(ElementRecord.init(whole:)), isEveryPDU: isEvery)
        case .elements(let ids):
            let elements = try Selection.elements(ids, in: history)
            try Selection.checkApart(elements)
            return SelectedMembers(elements, isEveryPDU: false, elementIDs: ids)
        case .groups(let ids):
            let elements = try Selection.elements(ofGroups: ids, in: context)
            try Selection.checkApart(elements)
            return SelectedMembers(elements, isEveryPDU: false, elementIDs: elements.map(\.id))
        }
    }

    /// The elements of the groups with `ids`, ascending, each once; without those that the history no longer knows.
    ///
    /// Throws 404 for an id that no group has.
    static func elements(ofGroups ids: [Int64], in context: Context) throws -> [ElementRecord] {
        let groups = Dictionary(context.groups.map { ($0.id, $0) }) { first, _ in first }
        var members: Set<Int64> = []
        for id in ids {
            guard let group = groups[id] else { throw APIError.unknownGroup(id) }
            members.formUnion(group.elementIDs)
        }
        return try members.sorted().compactMap { try context.history.element(id: $0) }
    }

    /// The PDUs with `ids` in `history`; throws 404 for an id that none has.
    static func pdus(_ ids: [Int64], in history: any HistoryQueries) throws -> [PDURecord] {
        try ids.map { id in
            guard let pdu = try history.pdu(id: id) else { throw APIError.unknownPDU(id) }
            return pdu
        }
    }

    /// The elements with `ids` in `history`; throws 404 for an id that none has.
    static func elements(_ ids: [Int64], in history: any HistoryQueries) throws -> [ElementRecord] {
        try ids.map { id in
            guard let element = try history.element(id: id) else { throw APIError.unknownElement(id) }
            return element
        }
    }

    /// Throws 400 where a sum over `elements` would count something twice: a bank has its outlets' power in its own, and a
    /// unit has everybody's.
    static func checkApart(_ elements: [ElementRecord]) throws(APIError) {
        var first: [Int64: ElementRecord] = [:]
        for element in elements {
            guard let other = first[element.pdu.id] else {
                first[element.pdu.id] = element
                continue
            }
            guard other.element.kind == element.element.kind else {
                throw .badParameter(
                    """
                    the elements \(other.words) and \(element.words) are parts of one PDU that may contain each \
                    other, so they cannot be added up: name elements of one kind of each PDU
                    """
                )
            }
        }
    }
}

/// The members of a selection.
struct SelectedMembers {
    /// In the order of their ids.
    let elements: [ElementRecord]
    /// The same, as what is added up.
    let members: [SumMember]
    /// Whether they are all whole units there are.
    let isEveryPDU: Bool
    /// The ids of the PDUs that they are, or are parts of, ascending.
    let pduIDs: [Int64]
    /// The ids of the elements that were named; absent when PDUs were meant.
    let elementIDs: [Int64]?

    /// The `elements` with where they belong.
    init(_ elements: [ElementRecord], isEveryPDU: Bool, elementIDs: [Int64]? = nil) {
        self.elements = elements
        members = elements.map(SumMember.init)
        self.isEveryPDU = isEveryPDU
        pduIDs = Set(elements.map(\.pdu.id)).sorted()
        self.elementIDs = elementIDs
    }
}

extension ElementRecord {
    /// The whole unit of `pdu`.
    init(whole pdu: PDURecord) {
        self.init(id: pdu.id, pdu: pdu, element: .wholePDU, name: nil, energyResolution: nil)
    }

    /// Its id and what it is: `1000003 (outlet 2)`.
    fileprivate var words: String {
        element.kind == .pdu ? "\(id) (the whole PDU)" : "\(id) (\(element.kind.rawValue) \(element.number))"
    }
}
