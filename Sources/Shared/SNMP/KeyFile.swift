import Basics
import Glibc

/// The file in which keys are kept from one run to the next.
struct KeyFile {
    /// More than ten thousand credentials need, in bytes.
    private static let longest = 4 << 20

    let path: String

    /// The bytes of the file; nil when there is none.
    ///
    /// Throws `KeyFileProblem` for one that somebody else made, or can read or write.
    func read() throws(KeyFileProblem) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw problem("cannot be read: \(systemErrorText(errno))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw problem("cannot be read: \(systemErrorText(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw problem("is no file") }
        guard status.st_uid == geteuid() else { throw problem("belongs to another user") }
        guard status.st_mode & 0o077 == 0 else { throw problem("is open to other users") }
        guard (0...Self.longest).contains(Int(status.st_size)) else { throw problem("is too long") }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count == bytes.count else { throw problem("is cut short") }
        return bytes
    }

    /// Puts `bytes` in the place of whatever is there, at once or not at all.
    ///
    /// Not synced: one that a power cut spoils is found to be damaged, and made anew. Throws `KeyFileProblem`.
    func write(_ bytes: [UInt8]) throws(KeyFileProblem) {
        let partial = path + ".new"
        // Left by a run that was killed here.
        unlink(partial)
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw problem("cannot be written: \(systemErrorText(errno))") }
        let count = Glibc.write(descriptor, bytes, bytes.count)
        let number = count < 0 ? errno : ENOSPC
        close(descriptor)
        guard count == bytes.count, rename(partial, path) == 0 else {
            let reason = systemErrorText(count == bytes.count ? errno : number)
            unlink(partial)
            throw problem("cannot be written: \(reason)")
        }
    }

    /// The problem that the file has.
    func problem(_ what: String) -> KeyFileProblem {
        KeyFileProblem(description: "\(path) \(what); keys are derived from the passphrases instead")
    }
}

/// Why keys of former runs cannot be used, or those of this one not be kept.
///
/// Nothing is lost by it: they are derived.
package struct KeyFileProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence, which begins with the file's path.
    package let description: String
}
