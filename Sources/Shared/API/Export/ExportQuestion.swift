internal import Basics
internal import Energy
internal import Metering
internal import Storage

/// What an export is asked for.
struct ExportQuestion {
    /// The most elements: what is worked out at once grows with them.
    static let mostElements = 10_000

    private let subject: RangeSubject
    private let kind: ElementKind?
    let resolution: Resolution
    /// In the order in which they stand.
    let columns: [ExportColumn]

    /// The ids of the groups that it names.
    var groupIDs: [Int64] { subject.selection.groupIDs }

    /// `parameters` have been checked.
    init(_ parameters: QueryParameters) throws(APIError) {
        subject = try RangeSubject(parameters)
        kind = try parameters.single("kind").flatMap(ElementKind.init)
        resolution = try Resolution.named(in: parameters) ?? .hour
        let names = try parameters.words("fields")
        columns = ExportColumn.allCases.filter { names?.contains($0.rawValue) ?? true }
    }

    /// The range that is meant.
    func range(in context: Context) throws -> TimeRange {
        try subject.range(in: context, most: HistoryEndpoint.longestDays)
    }

    /// The elements that are meant, by PDU, kind and number.
    ///
    /// Throws 404 for an id that nothing has, 413 for too many, and 422 for a kind beside elements that are named.
    func elements(in context: Context) throws -> [ElementRecord] {
        let elements = try found(in: context)
        guard elements.count <= ExportQuestion.mostElements else {
            throw APIError.tooManyElements(elements.count, limit: ExportQuestion.mostElements)
        }
        return elements
    }

    private func found(in context: Context) throws -> [ElementRecord] {
        let history = context.history
        switch subject.selection {
        case .everyPDU: return try history.pdus().flatMap { try parts(of: $0, history) }
        case .pdus(let ids):
            return try Selection.pdus(ids, in: history).flatMap { try parts(of: $0, history) }
        case .elements(let ids):
            try checkNoKind()
            return try Selection.elements(ids, in: history)
        case .groups(let ids):
            try checkNoKind()
            return try Selection.elements(ofGroups: ids, in: context)
        }
    }

    private func checkNoKind() throws(APIError) {
        guard kind == nil else {
            throw .contradiction(
                "kind chooses among the parts of PDUs: leave it out with element_ids and group_ids"
            )
        }
    }

    private func parts(of pdu: PDURecord, _ history: any HistoryQueries) throws -> [ElementRecord] {
        guard let kind, kind != .pdu else { return [ElementRecord(whole: pdu)] }
        return try history.elements(of: pdu.id).filter { $0.reading.element.kind == kind }.map { status in
            ElementRecord(
                id: status.id,
                pdu: pdu,
                element: status.reading.element,
                name: status.reading.name,
                energyResolution: status.reading.energyResolution
            )
        }
    }
}
