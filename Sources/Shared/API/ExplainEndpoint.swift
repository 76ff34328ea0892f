internal import Basics
internal import Storage

/// `GET /api/explain`: why the energy of an element, or of all PDUs together, is the number it is.
struct ExplainEndpoint: Endpoint {
    static let dependsOnTime = true
    static let isSlow = true

    private let element: ElementReference?
    private let range: RangeParameters

    /// Throws 400 where no range is named, unless `standard` is meant then.
    init(_ parameters: QueryParameters, otherwise standard: RangeParameters? = nil) throws(APIError) {
        if let text = try parameters.single("element") {
            guard let reference = ElementReference(text) else {
                throw .badParameter("element must be \(ElementReference.forms)")
            }
            element = reference
        } else {
            element = nil
        }
        guard let range = try RangeParameters(parameters) ?? standard else {
            throw .badParameter("give start and end, or period and at, to say what is to be explained")
        }
        self.range = range
    }

    func answer(in context: Context) throws -> Answer {
        let record = try element.map { reference in
            guard let record = try reference.resolved(in: context.history) else {
                throw APIError.unknownElement
            }
            return record
        }
        let range = try range.range(in: context.site.calendar, at: context.moment.now)
        return try Account.answer(of: record, in: range, context)
    }
}
