// Texts that mean something: the names of a device's variables, from which a profile takes numbers and parts.

/// A pattern of `like`: `Phase L#.Power.*`.
struct TextPattern: Hashable, Sendable {
    /// Wildcards beyond this make matching slow, and nobody needs them.
    static let mostWildcards = 6

    /// What a wildcard stood for.
    struct Match: Equatable {
        /// The numbers behind the `#` and `@` that count: those in braces where there are braces, else the first.
        var numbers: [Int64] = []
        /// What stood between the braces; absent where there are none.
        var part: String?

        /// The numbers as one, of which all but the last count hundreds: 2 and 7 are 107.
        var number: Int64? {
            numbers.reduce(nil as Int64?) { sum, number in
                guard let sum else { return number }
                let (hundreds, overflows) = (sum - 1).multipliedReportingOverflow(by: 100)
                return overflows || number > 1_000_000 ? nil : hundreds + number
            }
        }
    }

    private enum Token: Hashable {
        case character(Character)
        case anything
        case number
        case letter
        case partBegins
        case partEnds
    }

    /// The text that it was made of.
    let source: String
    private let tokens: [Token]
    /// Whether it catches a number.
    let hasNumber: Bool
    /// Whether it marks one part of the text.
    let hasPart: Bool

    /// The pattern that `text` is; nil when it is empty, has too many wildcards, or braces without their partners.
    init?(_ text: String) {
        var tokens: [Token] = []
        for character in text {
            switch character {
            case "*": if tokens.last != .anything { tokens.append(.anything) }
            case "#": tokens.append(.number)
            case "@": tokens.append(.letter)
            case "{": tokens.append(.partBegins)
            case "}": tokens.append(.partEnds)
            default: tokens.append(.character(Self.folded(character)))
            }
        }
        let braces = tokens.filter { $0 == .partBegins || $0 == .partEnds }
        let wildcards = tokens.filter { [.anything, .number, .letter].contains($0) }
        let isPaired = braces.enumerated().allSatisfy {
            $1 == ($0.isMultiple(of: 2) ? .partBegins : .partEnds)
        }
        guard !tokens.isEmpty, wildcards.count <= Self.mostWildcards, isPaired, braces.count.isMultiple(of: 2)
        else { return nil }
        source = text
        self.tokens = tokens
        hasNumber = wildcards.contains { $0 != .anything }
        hasPart = braces.count == 2
    }

    /// What the wildcards stand for in `text`; nil when it is not like this.
    func match(_ text: String) -> Match? {
        guard let ends = ends(of: Array(text)) else { return nil }
        let characters = Array(text)
        let hasBraces = tokens.contains(.partBegins)
        var match = Match()
        var isInside = false
        var start = 0
        for (position, token) in tokens.enumerated() {
            let from = position == 0 ? 0 : ends[position - 1]
            switch token {
            case .partBegins: (isInside, start) = (true, from)
            case .partEnds:
                isInside = false
                match.part = match.part ?? String(characters[start..<from])
            case .number, .letter:
                guard hasBraces ? isInside : match.numbers.isEmpty else { continue }
                let found = characters[from..<ends[position]]
                guard let number = token == .letter ? Self.ordinal(found[from]) : Int64(String(found)) else {
                    return nil
                }
                match.numbers.append(number)
            case .character, .anything: break
            }
        }
        return match
    }

    /// Where each token's part of `characters` ends; nil when they are not like this.
    private func ends(of characters: [Character]) -> [Int]? {
        var ends = tokens.map { _ in 0 }
        func matches(_ token: Int, _ place: Int) -> Bool {
            guard token < tokens.count else { return place == characters.count }
            func goesOn(_ end: Int) -> Bool {
                ends[token] = end
                return matches(token + 1, end)
            }
            switch tokens[token] {
            case .character(let character):
                return place < characters.count && Self.folded(characters[place]) == character
                    && goesOn(place + 1)
            case .anything:
                return (place...characters.count).contains { end in
                    guard matches(token + 1, end) else { return false }
                    ends[token] = end
                    return true
                }
            case .number:
                let digits = characters[place...].prefix { $0.isASCII && $0.isNumber }
                return !digits.isEmpty && goesOn(place + digits.count)
            case .letter:
                return place < characters.count && Self.ordinal(characters[place]) != nil && goesOn(place + 1)
            case .partBegins, .partEnds: return goesOn(place)
            }
        }
        return matches(0, 0) ? ends : nil
    }

    /// 1 for `A` and `a`, 26 for `Z`; nil for anything else.
    private static func ordinal(_ character: Character) -> Int64? {
        guard let byte = folded(character).asciiValue, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        else { return nil }
        return Int64(byte - UInt8(ascii: "a")) + 1
    }

    private static func folded(_ character: Character) -> Character {
        character.lowercased().first ?? character
    }
}
