internal import Basics

/// One page of an answer, as the interface's first version writes it.
struct Page {
    let body: [UInt8]
    /// The value of Link that leads to the next page; absent where there is none.
    let link: String?

    /// The page of `answer` to `operation` that `parameters`, which have been checked, ask for.
    init(_ answer: Answer, to operation: Operation, _ parameters: QueryParameters) throws(APIError) {
        let fields = try parameters.words("fields")
        let (next, rows) = try Page.place(of: answer, in: operation, parameters)
        var json = JSONWriter()
        json.object { json in
            json.member("data") { json in
                switch answer.content {
                case .object(let write): json.object(keeping: fields, write)
                case .rows(_, let write):
                    json.array { json in
                        for row in rows { json.object(keeping: fields) { write(row, &$0) } }
                    }
                }
            }
            answer.writeBeside(&json)
            guard operation.isList else { return }
            json.member("page") { json in
                json.object { json in
                    json.member("count", rows.count)
                    json.member("next_cursor", next?.description)
                }
            }
        }
        body = json.bytes
        link = next.map { "<?\(parameters.encoded(replacing: "cursor", by: $0.description))>; rel=\"next\"" }
    }

    /// What every list has beside its data.
    static let shape = ObjectShape(
        "Page",
        [
            Property("count", .integer, "How many entries there are on this page."),
            Property.maybe(
                "next_cursor",
                .text,
                "The parameter cursor of the next page; null on the last one."
            ),
        ]
    )

    /// The indexes of the page's rows, and where the next page begins; absent where there is none.
    private static func place(
        of answer: Answer,
        in operation: Operation,
        _ parameters: QueryParameters
    ) throws(APIError) -> (next: Cursor?, rows: Range<Int>) {
        guard case .rows(let count, _) = answer.content,
            case .rows(_, let standard, _) = operation.content
        else { return (nil, 0..<0) }
        if operation.pagesItself { return (answer.next, 0..<count) }
        let cursor = try parameters.cursor()
        guard cursor?.second == nil else { throw APIError.foreignCursor }
        let first = min(Int(cursor?.first ?? 0), count)
        let end = min(count, first + (try parameters.integer("limit") ?? Int(standard)))
        return (end < count ? Cursor(Int64(end)) : nil, first..<end)
    }
}

extension APIError {
    /// A cursor of another list.
    static let foreignCursor = APIError.contradiction(
        "this cursor is of another list: take page.next_cursor of an answer to the same question"
    )
}

extension QueryParameters {
    /// The query once more, with `value` for the parameter `name`.
    func encoded(replacing name: String, by value: String) -> String {
        let others = names.filter { $0 != name }.flatMap { other in all(other).map { (other, $0) } }
        return (others + [(name, value)])
            .map { "\(QueryParameters.encoded($0))=\(QueryParameters.encoded($1))" }
            .joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "-._~,:".unicodeScalars.contains(scalar))
            if isPlain {
                encoded.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
