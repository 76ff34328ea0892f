internal import Basics
import Glibc

/// Why there is no socket to serve.
package struct SocketError: Error, CustomStringConvertible, Equatable {
    /// One sentence: what failed, on what, and what to do.
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// A system call on `path` that failed with `code`.
    init(_ what: String, _ path: String, code: Int32 = errno) {
        description = "\(what) \(path): \(systemErrorText(code))"
    }
}
