import Basics

/// Why the spool could not take a run, or do with a file what was to be done.
package struct SpoolError: Error, Hashable, Sendable {
    /// The file or directory.
    package let path: String
    /// What is wrong.
    package let message: String
    /// The system's error number (errno(3)); absent where the system had no part in it.
    package let code: Int32?

    /// The trouble that `message` tells, with what is at `path`.
    init(_ path: String, _ message: String) {
        self.path = path
        self.message = message
        code = nil
    }

    /// What the system said by `code` of what is at `path`.
    init(_ path: String, code: Int32) {
        self.path = path
        self.code = code
        message = systemErrorText(code)
    }
}

extension SpoolError: CustomStringConvertible {
    /// `/x/spool: what is wrong`.
    package var description: String { "\(path): \(message)" }
}
