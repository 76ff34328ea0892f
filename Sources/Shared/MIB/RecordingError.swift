/// A recording that cannot be read: which line, and what was expected there.
package struct RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, as it was asked for.
    package let file: String
    /// From 1.
    package let line: Int
    /// What is wrong and what was expected.
    package let message: String

    /// An error on `line` of `file`.
    package init(file: String, line: Int, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    /// `ap8932.walk:12: message`.
    package var description: String {
        "\(file):\(line): \(message)"
    }
}
