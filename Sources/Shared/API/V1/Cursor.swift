internal import Basics

/// Where a list goes on: what one page says and the next one is asked with.
///
/// What its numbers count is the list's own business.
struct Cursor: Hashable, Sendable, CustomStringConvertible {
    /// How a cursor is written, as a regular expression; the interface's document has it.
    static let pattern = "^(0|[1-9][0-9]{0,11})(-(0|[1-9][0-9]{0,11}))?$"
    /// The largest of its numbers: twelve digits.
    private static let largest: Int64 = 999_999_999_999

    let first: Int64
    /// Absent where one number says it.
    let second: Int64?

    /// The cursor of these numbers, which are not negative.
    init(_ first: Int64, _ second: Int64? = nil) {
        self.first = first
        self.second = second
    }

    /// The cursor that `text` writes; nil when it is none.
    init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = parts.compactMap(Cursor.number)
        guard numbers.count == parts.count, let first = numbers.first else { return nil }
        self.init(first, numbers.count > 1 ? numbers[1] : nil)
    }

    var description: String { second.map { "\(first)-\($0)" } ?? "\(first)" }

    private static func number(_ text: Substring) -> Int64? {
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            text == "0" || text.first != "0", let number = Int64(text), number <= largest
        else { return nil }
        return number
    }
}
