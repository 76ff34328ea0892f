internal import Basics
internal import Storage

/// `GET /api/explain`: why the energy of an element, or of several together, is the number it is.
struct ExplainEndpoint: Endpoint {
    static let dependsOnTime = true
    static let isSlow = true

    /// Whose energy it is.
    private enum Subject {
        case element(ElementReference)
        case sum(Selection)
    }

    private let subject: Subject
    private let range: RangeParameters

    var groupIDs: [Int64] {
        if case .sum(let selection) = subject { selection.groupIDs } else { [] }
    }

    /// Throws 400 where no range is named, unless `standard` is meant then.
    init(_ parameters: QueryParameters, otherwise standard: RangeParameters? = nil) throws(APIError) {
        let selection = try Selection(parameters, groups: true)
        if let text = try parameters.single("element") {
            guard case .everyPDU = selection else {
                throw .badParameter(
                    "give element, or pdu_ids, element_ids or group_ids for several together, not both"
                )
            }
            guard let reference = ElementReference(text) else {
                throw .badParameter("element must be \(ElementReference.forms)")
            }
            subject = .element(reference)
        } else {
            subject = .sum(selection)
        }
        guard let range = try RangeParameters(parameters) ?? standard else {
            throw .badParameter("give start and end, or period and at, to say what is to be explained")
        }
        self.range = range
    }

    func answer(in context: Context) throws -> Answer {
        switch subject {
        case .element(let reference):
            guard let record = try reference.resolved(in: context.history) else {
                throw APIError.unknownElement
            }
            return try Account(of: record, in: range(in: context), context).answer
        case .sum(let selection):
            return try Account(of: selection, in: range(in: context), context).answer
        }
    }

    private func range(in context: Context) throws -> TimeRange {
        try range.range(in: context.site.calendar, at: context.moment.now)
    }
}
