import Basics

/// Why something could not be compressed or read back.
package struct ZlibError: Error, Hashable, Sendable {
    /// What kind of trouble it is, as far as a caller acts on it differently.
    package enum Code: Hashable, Sendable {
        /// The bytes are no such stream, or not those that were written.
        case damaged
        /// They end before the stream does.
        case truncated
        /// What comes out is longer than was allowed.
        case tooLong
        /// The system would not open, read or write the file; with its error number (errno(3)).
        case system(Int32)
        /// zlib could not have the memory it needs.
        case outOfMemory
    }

    package let code: Code
    /// The file; absent when the bytes were in memory.
    package let path: String?
    /// What was wrong.
    package let message: String

    /// The trouble `code` with the file at `path`, or with bytes in memory.
    package init(_ code: Code, path: String? = nil, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    /// What the system said by `number` of the file at `path`.
    init(system number: Int32, path: String) {
        self.init(.system(number), path: path, systemErrorText(number))
    }
}

extension ZlibError: CustomStringConvertible {
    /// `/x/readings-2026-03.csv.gz: what was wrong`.
    package var description: String { path.map { "\($0): \(message)" } ?? message }
}
