/// The parameters of a query, decoded (application/x-www-form-urlencoded, as browsers write it).
package struct QueryParameters: Sendable {
    /// The longest query that is taken, in bytes: room for a thousand PDUs, one parameter each.
    package static let longest = 32_768
    /// The most parameters that are taken.
    package static let most = 2000

    private let pairs: [(name: String, value: String)]

    /// The parameters of `query`, which is without its question mark.
    ///
    /// Empty ones (`a=1&&b=2`) are left out, and one without `=` is empty text. Throws 414 and 400.
    package init(_ query: [UInt8]) throws(APIError) {
        guard query.count <= QueryParameters.longest else {
            throw .queryTooLong(limit: QueryParameters.longest)
        }
        let parts = query.split(separator: UInt8(ascii: "&"))
        guard parts.count <= QueryParameters.most else {
            throw .badParameter("a query may have \(QueryParameters.most) parameters at most")
        }
        var pairs: [(name: String, value: String)] = []
        pairs.reserveCapacity(parts.count)
        for part in parts {
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let name = try QueryParameters.decoded(part[..<equals])
            let value = try QueryParameters.decoded(part[equals...].dropFirst())
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    /// Every name that occurs, in order.
    var names: [String] { pairs.map(\.name) }

    /// Every value of the parameter `name`, in order.
    func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// The value of the parameter `name`; nil when it is not there.
    ///
    /// Throws 400 when it is there twice: whichever we took, somebody would have meant the other.
    func single(_ name: String) throws(APIError) -> String? {
        let values = all(name)
        guard values.count <= 1 else { throw .badParameter("\(name) is given more than once") }
        return values.first
    }

    private static func decoded(_ text: ArraySlice<UInt8>) throws(APIError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = hexDigit(rest.popFirst()), let low = hexDigit(rest.popFirst()) else {
                    throw .badParameter(
                        "a percent sign in the query is not followed by two hexadecimal digits"
                    )
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .badParameter("the query is not UTF-8")
        }
        return decoded
    }

    private static func hexDigit(_ byte: UInt8?) -> UInt8? {
        byte.flatMap { Character(UnicodeScalar($0)).hexDigitValue }.map(UInt8.init)
    }
}
