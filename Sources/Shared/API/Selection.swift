internal import Storage

/// Which PDUs an answer is about: the `pdu_ids` of the interface.
struct Selection {
    /// The most PDUs that may be named.
    static let most = 1000

    /// The ids that were named, ascending, each once; absent: every PDU.
    private let named: [Int64]?

    /// The selection that `pdu_ids[]=1&pdu_ids[]=2` or `pdu_ids=1,2` names.
    init(_ parameters: QueryParameters) throws(APIError) {
        for name in parameters.names where name.hasPrefix("pdu_ids") && !Selection.names.contains(name) {
            throw .badParameter(
                "write pdu_ids[]=1&pdu_ids[]=2 or pdu_ids=1,2; other forms of pdu_ids are not known"
            )
        }
        guard parameters.names.contains(where: Selection.names.contains) else {
            named = nil
            return
        }
        let texts = Selection.names.flatMap(parameters.all).flatMap {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        guard texts.count <= Selection.most else {
            throw .badParameter("pdu_ids may name \(Selection.most) PDUs at most; leave it out for all")
        }
        var ids: Set<Int64> = []
        for text in texts { ids.insert(try Selection.id(text)) }
        named = ids.sorted()
    }

    /// Of `pdus`, which are all there are, those that are meant; throws 404 for an id that none of them has.
    func resolved(among pdus: [PDURecord]) throws(APIError) -> [PDURecord] {
        try named(among: pdus) ?? pdus
    }

    /// Of `pdus`, which are all there are, those that were named; absent: none was.
    ///
    /// Throws 404 as well.
    func named(among pdus: [PDURecord]) throws(APIError) -> [PDURecord]? {
        guard let named else { return nil }
        let byID = Dictionary(pdus.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [PDURecord] = []
        for id in named {
            guard let pdu = byID[id] else { throw .unknownPDU(id) }
            found.append(pdu)
        }
        return found
    }

    private static let names = ["pdu_ids[]", "pdu_ids"]

    private static func id(_ text: Substring) throws(APIError) -> Int64 {
        let isDigits = text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard isDigits, let id = Int64(text), id > 0 else {
            throw .badParameter("pdu_ids must be positive whole numbers, as /api/pdus gives them")
        }
        return id
    }
}
