// Root does what belongs to a service's user as that user, so that no file is left behind that shuts the service out.

import Basics
import Glibc

/// Does `body` as the owner of `path` where root asks for it; as oneself otherwise, and where there is no such path.
///
/// Throws what `body` throws, and `FileError` where the user cannot be changed.
func asOwner<Answer>(of path: String, _ body: () throws -> Answer) throws -> Answer {
    var status = stat()
    guard geteuid() == 0, stat(path, &status) == 0, status.st_uid != 0 else { return try body() }
    let group = getegid()
    var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
    getgroups(Int32(groups.count), &groups)
    defer {
        seteuid(0)
        setegid(group)
        setgroups(groups.count, groups)
    }
    // With the groups that the user is in: the responder's reaches the history's directory through one.
    let hasGroups =
        getpwuid(status.st_uid).map { initgroups($0.pointee.pw_name, status.st_gid) == 0 } ?? true
    guard hasGroups, setegid(status.st_gid) == 0, seteuid(status.st_uid) == 0 else {
        throw FileError(path: path, code: errno)
    }
    return try body()
}
