// A file that a verb writes for its user: theirs alone, whole or not at all, and never over another one by accident.

import Basics
import Glibc

/// A file to be written.
struct OutputFile {
    let path: String
    let mayOverwrite: Bool

    /// Refuses, before any work is done, what could not be written.
    func check() throws(UsageError) {
        guard !mayOverwrite, access(path, F_OK) == 0 else { return }
        throw UsageError("\(path) exists; --force overwrites it")
    }

    /// Writes `text`, readable for the user alone.
    func write(_ text: String) throws {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        defer { unlink(temporary) }
        let code = Self.write(Array(text.utf8), to: descriptor)
        guard close(descriptor) == 0, code == 0 else {
            throw FileError(path: path, code: code == 0 ? errno : code)
        }
        // link(2) does not replace a file that has come meanwhile; rename(2) does.
        let isInPlace = mayOverwrite ? rename(temporary, path) == 0 : link(temporary, path) == 0
        guard isInPlace else { throw FileError(path: path, code: errno) }
    }

    /// Writes all of `bytes`; returns the system's error number, or 0.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return errno }
            rest = rest.dropFirst(count)
        }
        return fsync(descriptor) == 0 ? 0 : errno
    }
}
