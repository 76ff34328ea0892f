internal import Basics
internal import Metering
internal import Storage

/// `GET /api/v1/elements`: whole units, phases, banks and outlets of all PDUs or some, as they are now.
///
/// PDUs are read one after the other until a page is full, so that a page costs the same however many there are.
struct ElementsEndpoint: Endpoint {
    static let dependsOnTime = true
    /// How many are on a page when nobody says how many, and at the most.
    static let usual: Int64 = 100
    static let most: Int64 = 1000

    private let pdus: [Int64]?
    private let kind: ElementKind?
    private let limit: Int
    private let cursor: Cursor?

    /// `parameters` have been checked.
    init(_ parameters: QueryParameters) throws(APIError) {
        pdus = try IDList.pdus.ids(in: parameters)
        kind = try parameters.single("kind").flatMap(ElementKind.init)
        limit = try parameters.integer("limit") ?? Int(ElementsEndpoint.usual)
        cursor = try parameters.cursor()
    }

    func answer(in context: Context) throws -> Answer {
        if let cursor, cursor.second == nil { throw APIError.foreignCursor }
        let ids =
            try pdus.map { try Selection.pdus($0, in: context.history).map(\.id) }
            ?? context.history.pdus().map(\.id)
        var (rows, next) = ([(pdu: PDURecord, element: LatestElement)](), Cursor?.none)
        pdus: for id in ids.sorted() where id >= cursor?.first ?? 0 {
            let skipped = id == cursor?.first ? Int(cursor?.second ?? 0) : 0
            let found = try ElementsEndpoint.elements(of: id, kind, in: context)
            for (index, element) in found.elements.enumerated().dropFirst(skipped) {
                if rows.count == limit {
                    next = Cursor(id, Int64(index))
                    break pdus
                }
                rows.append((found.pdu, element))
            }
        }
        return Answer(rows: rows, next: next) { json, row in
            ElementsEndpoint.write(row.element, of: row.pdu, in: context, into: &json)
        }
    }

    private static func elements(
        of id: Int64,
        _ kind: ElementKind?,
        in context: Context
    ) throws -> (pdu: PDURecord, elements: [LatestElement]) {
        let pdu = try LatestPDU(id, in: context)
        let kinds = kind.map { [$0] } ?? ElementKind.allCases
        return (pdu.status.pdu, try kinds.flatMap { try pdu.latest(of: $0) })
    }

    /// The members that tell of `element` of `pdu`.
    static func write(
        _ element: LatestElement,
        of pdu: PDURecord,
        in context: Context,
        into json: inout JSONWriter
    ) {
        json.member("pdu_id", pdu.id)
        json.member("pdu", pdu.name)
        json.member("kind", element.reading.element.kind.rawValue)
        PDUPartsEndpoint.write(element, in: context, into: &json)
    }
}

/// `GET /api/v1/elements/{id}`: one of them.
struct ElementEndpoint: Endpoint {
    static let dependsOnTime = true

    private let id: Int64

    /// The question about the element `id`.
    init(of id: Int64) {
        self.id = id
    }

    func answer(in context: Context) throws -> Answer {
        guard let record = try context.history.element(id: id) else { throw APIError.unknownElement(id) }
        let pdu = try LatestPDU(record.pdu.id, in: context)
        guard let element = try pdu.latest(of: record.element.kind).first(where: { $0.id == id }) else {
            throw APIError.unknownElement(id)
        }
        return Answer { json in
            ElementsEndpoint.write(element, of: pdu.status.pdu, in: context, into: &json)
        }
    }
}
