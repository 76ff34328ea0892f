/// A parameter that lists ids: `pdu_ids[]=1&pdu_ids[]=2` or `pdu_ids=1,2`.
struct IDList {
    /// The most ids that may be named.
    static let most = 1000

    /// `pdu_ids`.
    static let pdus = IDList(name: "pdu_ids", things: "PDUs", source: "/api/pdus gives them")
    /// `element_ids`.
    static let elements = IDList(
        name: "element_ids",
        things: "elements",
        source: "/api/pdus/{id} and /api/pdus/{id}/outlets give them"
    )

    /// `group_ids`.
    static let groups = IDList(name: "group_ids", things: "groups", source: "/api/settings gives them")

    /// The name of the parameter.
    let name: String
    /// What it lists.
    private let things: String
    /// Who gives the ids.
    private let source: String

    private init(name: String, things: String, source: String) {
        self.name = name
        self.things = things
        self.source = source
    }

    /// The ids that `parameters` list, ascending, each once; nil where the parameter is not there.
    func ids(in parameters: QueryParameters) throws(APIError) -> [Int64]? {
        let forms = ["\(name)[]", name]
        for other in parameters.names where other.hasPrefix(name) && !forms.contains(other) {
            throw .badParameter(
                "write \(name)[]=1&\(name)[]=2 or \(name)=1,2; other forms of \(name) are not known"
            )
        }
        guard parameters.names.contains(where: forms.contains) else { return nil }
        let texts = forms.flatMap(parameters.all).flatMap {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        guard texts.count <= IDList.most else {
            throw .badParameter("\(name) may name \(IDList.most) \(things) at most; leave it out for all")
        }
        var ids: Set<Int64> = []
        for text in texts { ids.insert(try id(text)) }
        return ids.sorted()
    }

    private func id(_ text: Substring) throws(APIError) -> Int64 {
        let isDigits = text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard isDigits, let id = Int64(text), id > 0 else {
            throw .badParameter("\(name) must be positive whole numbers, as \(source)")
        }
        return id
    }
}
