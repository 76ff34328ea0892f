import Basics
import Foundation

extension FuzzTarget {
    /// A body of JSON: what we take, Foundation takes, too.
    static let json = FuzzTarget("json", longest: 4000) { input in
        do throws(JSONError) {
            _ = try JSONValue(parsing: input)
        } catch {
            precondition(error.position <= input.count && !error.description.isEmpty)
            return .refused
        }
        let other = try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
        // Numbers beyond a double's are more than it can hold.
        precondition(other != nil || input.count > 300, "another reader refuses what was taken")
        return .taken
    }
}
