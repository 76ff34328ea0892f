// Files as they are on disk, with what must be known about who else can read them.

import Basics
import Glibc
import YAML

/// A file's content, and whether everybody can read it.
struct TextFile {
    let bytes: [UInt8]
    /// Whether users who neither own the file nor are in its group have any right to it.
    let isOpenToOthers: Bool

    /// The file at `path`; at most one byte more than YAML takes is read.
    init(path: String) throws(TextFileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw TextFileError(path: path, errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw TextFileError(path: path, errno: errno) }
        isOpenToOthers = status.st_mode & 0o007 != 0
        bytes = try Self.content(of: descriptor, path: path)
    }

    private static func content(of descriptor: Int32, path: String) throws(TextFileError) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 32_768)
        while content.count <= YAMLDocument.largestSize {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw TextFileError(path: path, errno: errno) }
            guard count > 0 else { break }
            content += chunk[..<count]
        }
        return content
    }
}

/// A file that cannot be read, with the system's reason.
struct TextFileError: Error, CustomStringConvertible {
    let path: String
    let errno: Int32

    var description: String {
        "cannot read \(path): \(systemErrorText(errno))"
    }
}

/// A directory that relative paths start from.
struct BaseDirectory {
    private let prefix: String

    /// The directory that `file` is in.
    init(of file: String) {
        prefix = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    }

    /// `path`, from here when it is relative.
    func resolve(_ path: String) -> String {
        path.hasPrefix("/") ? path : prefix + path
    }
}
