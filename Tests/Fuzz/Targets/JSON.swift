import Basics
import Foundation

extension FuzzTarget {
    /// A body of JSON: what we take, Foundation takes, too, as long as its numbers fit into a double.
    static let json = FuzzTarget("json", longest: 4000) { input in
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: input)
        } catch {
            precondition(error.position <= input.count && !error.description.isEmpty)
            return .refused
        }
        let other = try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
        precondition(other != nil || !fitsDoubles(value), "another reader refuses what was taken")
        return .taken
    }

    /// Whether each number is one that a double can hold, with its digits or without: neither infinite nor vanishing.
    private static func fitsDoubles(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .text: true
        case .number(let text):
            Double(text).map { $0.isNormal || $0 == 0 && !text.contains { ("1"..."9").contains($0) } }
                ?? false
        case .list(let values): values.allSatisfy(fitsDoubles)
        case .object(let members): members.values.allSatisfy(fitsDoubles)
        }
    }
}
