internal import Basics
import Glibc

/// Why there is no socket to serve.
package struct SocketError: Error, CustomStringConvertible, Equatable {
    /// One sentence: what failed, on what, and what to do.
    package let description: String

    /// Whether another responder listens there already.
    package let isInUse: Bool

    init(_ description: String, isInUse: Bool = false) {
        self.description = description
        self.isInUse = isInUse
    }

    /// A system call on `path` that failed with `code`.
    init(_ what: String, _ path: String, code: Int32 = errno) {
        self.init("\(what) \(path): \(systemErrorText(code))")
    }
}
