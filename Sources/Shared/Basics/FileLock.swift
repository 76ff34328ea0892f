import Glibc

/// A lock that one process holds at a time: flock(2) on a file.
///
/// The kernel lets go of it when the process ends, however it ends; the file stays, empty, and means nothing.
package struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock at `path`, creating the file where it is missing, without waiting.
    ///
    /// Throws `FileLockError`: held by another process, or the file cannot be opened.
    package init(path: String) throws(FileLockError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard opened >= 0 else { throw .unusable(path: path, errno: errno) }
        var result: Int32
        repeat { result = flock(opened, LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
        guard result == 0 else {
            let reason = errno
            close(opened)
            throw reason == EWOULDBLOCK ? .held(path: path) : .unusable(path: path, errno: reason)
        }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    /// Lets go; it is held until then.
    package consuming func release() {}
}

/// Why a lock could not be taken.
package enum FileLockError: Error, Equatable, CustomStringConvertible, Sendable {
    /// Another process holds it.
    case held(path: String)
    /// The file cannot be opened or locked, with the system's error number.
    case unusable(path: String, errno: Int32)

    package var description: String {
        switch self {
        case .held(let path): "another run holds the lock \(path)"
        case .unusable(let path, let errno): "cannot open the lock \(path): \(systemErrorText(errno))"
        }
    }
}

/// The system's words for an error number, such as "No such file or directory".
package func systemErrorText(_ number: Int32) -> String {
    String(cString: strerror(number))
}
