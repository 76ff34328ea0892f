// Room that is the spool's before anybody needs it. A disk is full sooner or later, and then nothing can be written
// any more: a file that was given its blocks in good times is cut shorter by what a run needs.

import Glibc

/// A file that holds nothing but room.
struct SpoolReserve {
    /// 16 MiB: 100 PDUs of 24 outlets for most of a day.
    static let fullSize: Int64 = 16 << 20
    /// A smaller one is not worth its trouble: what a run and a directory need at the least.
    private static let smallest: Int64 = 64 << 10
    /// It takes at most this part of what is free.
    private static let shareOfFree: Int64 = 8

    let path: String

    /// Makes it, or makes it whole again, where the disk has room enough not to be filled by it.
    ///
    /// Never fails: without it, all is as it would be without it.
    func fill() {
        let size = size
        guard size < Self.fullSize else { return }
        var room = statvfs()
        guard statvfs(directory, &room) == 0 else { return }
        let free = Int64(clamping: UInt64(room.f_bavail) * UInt64(room.f_frsize)) + size
        let share = free / Self.shareOfFree
        let target = min(Self.fullSize, share - share % Self.smallest)
        // What comes and goes on a small disk is no reason to write each minute.
        guard target >= Self.smallest, target >= size + size / 4 else { return }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard posix_fallocate(descriptor, 0, off_t(target)) == 0 else {
            ftruncate(descriptor, off_t(size))
            return
        }
    }

    /// Gives `bytes` back to the disk, or what there is; false when there is nothing left to give.
    func release(_ bytes: Int64) -> Bool {
        let size = size
        guard size > 0 else { return false }
        let rest = size - bytes
        // The file itself takes room, too, where names are scarce.
        return rest < Self.smallest ? unlink(path) == 0 : truncate(path, off_t(rest)) == 0
    }

    /// Its length; 0 where there is none.
    var size: Int64 {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
        return Int64(status.st_size)
    }

    private var directory: String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
