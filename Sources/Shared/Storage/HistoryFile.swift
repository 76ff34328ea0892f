// The database as a file: made with the modes that let a second user read and never write, and moved aside when
// it is damaged.

import Basics
import Glibc

/// What SQLite does not do with files.
enum HistoryFile {
    /// The files that make up the database at `path`.
    private static let suffixes = ["", "-wal", "-shm", "-journal"]

    /// Makes the directory of `path` (2750: its group may read, and files in it belong to that group) and an
    /// empty file (0640), where they are missing.
    static func create(_ path: String) throws {
        let directory = directory(of: path)
        if mkdir(directory, 0o2750) == 0 {
            // mkdir(2) takes the umask off, and the set-group-ID bit in most directories.
            guard chmod(directory, 0o2750) == 0 else { throw failure(directory) }
        } else if errno != EEXIST {
            throw failure(directory)
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o640)
        if descriptor < 0 {
            guard errno == EEXIST else { throw failure(path) }
            return
        }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o640) == 0 else { throw failure(path) }
    }

    /// A path beside `path` that no file has yet, which says `why` it is there and since when.
    static func freePath(beside path: String, _ why: String, now: UnixTime) -> String {
        let stamp = now.iso8601.filter { $0 != "-" && $0 != ":" }
        var target = "\(path).\(why)-\(stamp)"
        var count = 1
        while access(target, F_OK) == 0 {
            count += 1
            target = "\(path).\(why)-\(stamp)-\(count)"
        }
        return target
    }

    /// Moves the database at `path` aside, as of `now`, and answers where it is now.
    static func quarantine(_ path: String, now: UnixTime, as why: String = "corrupt") throws -> String {
        let target = freePath(beside: path, why, now: now)
        // The side files first: left behind, they would be taken for those of the next database.
        for suffix in suffixes.reversed() {
            guard rename(path + suffix, target + suffix) == 0 || errno == ENOENT else {
                throw failure(path + suffix)
            }
        }
        return target
    }

    /// Makes what was written to `path`, and its name, outlast a power cut.
    static func sync(_ path: String) throws {
        for (file, flags) in [(path, O_RDONLY), (directory(of: path), O_RDONLY | O_DIRECTORY)] {
            let descriptor = open(file, flags | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure(file) }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw failure(file) }
        }
    }

    /// The error of the last system call, on `path`.
    static func failure(_ path: String) -> StorageError {
        let code: StorageError.Code = errno == ENOSPC || errno == EDQUOT ? .full : .noAccess
        return StorageError(code, path: path, systemErrorText(errno))
    }

    /// The directory that `path` lies in.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
