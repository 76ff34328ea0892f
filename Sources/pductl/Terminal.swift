// What a terminal can show beyond text. Colour says nothing that a word does not say too.

import Glibc

/// Standard output as people see it.
struct Terminal: Sendable {
    /// A colour, as its number of the escape sequence SGR (ECMA-48, section 8.3.117).
    enum Colour: Int, Sendable {
        case red = 31
        case green = 32
        case yellow = 33
    }

    /// Whether to write colours.
    let hasColour: Bool

    /// Colours on a terminal, unless NO_COLOR (no-color.org) or a dumb terminal says no.
    static var standardOutput: Terminal {
        let refuses = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
        return Terminal(hasColour: isatty(STDOUT_FILENO) == 1 && !refuses && !isDumb)
    }

    /// `text` in `colour`, where there are colours.
    func paint(_ text: String, _ colour: Colour) -> String {
        hasColour ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
