// Files as they are on disk, with what must be known about who else can read them.

import Basics
import Glibc

/// A file's content, and whether everybody can read it.
struct TextFile {
    let bytes: [UInt8]
    /// Whether users who neither own the file nor are in its group have any right to it.
    let isOpenToOthers: Bool

    /// The file at `path`.
    init(path: String) throws(FileError) {
        bytes = try readFile(path)
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError(path: path, code: errno) }
        isOpenToOthers = status.st_mode & 0o007 != 0
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
