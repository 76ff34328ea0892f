// Reading whole small files: zone files, configuration, passphrases. The only place that says what a failed
// open means in words.

import Glibc

/// A file that could not be read.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    /// The system's error number (errno(3)).
    package let code: Int32

    /// `/etc/x: Permission denied`.
    package var description: String { "\(path): \(systemErrorText(code))" }

    /// The failure `code` on `path`.
    package init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }
}

/// The bytes of the file at `path`, at most `limit` of them.
///
/// Throws `FileError`: with what the system said, EISDIR for a directory, or EFBIG when it is longer.
package func readFile(_ path: String, limit: Int = 16 << 20) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw FileError(path: path, code: errno) }
        guard count > 0 else { return bytes }
        bytes.append(contentsOf: chunk[..<count])
        guard bytes.count <= limit else { throw FileError(path: path, code: EFBIG) }
    }
}

/// Where the system keeps its IANA time zones (Debian's tzdata).
package enum SystemZone {
    /// The compiled rules of the zone `name`, such as `Europe/London` (TZif, RFC 9636).
    ///
    /// Throws `FileError`: ENOENT also for a name that is no zone's, such as one that climbs out of the folder.
    package static func rules(of name: String) throws(FileError) -> [UInt8] {
        let path = "/usr/share/zoneinfo/\(name)"
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0.hasPrefix(".") }) else {
            throw FileError(path: path, code: ENOENT)
        }
        let bytes = try readFile(path, limit: 1 << 20)
        guard bytes.starts(with: "TZif".utf8) else { throw FileError(path: path, code: ENOENT) }
        return bytes
    }
}
