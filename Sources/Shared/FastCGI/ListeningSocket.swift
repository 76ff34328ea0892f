import Glibc

/// The socket on which web servers connect.
package struct ListeningSocket: Sendable {
    /// Its descriptor.
    let descriptor: Int32
    /// The file that was made for it; absent when it was inherited, since it is then somebody else's to
    /// remove.
    private let file: OwnedFile?

    /// A file in the file system, told from a later one of the same name.
    private struct OwnedFile: Sendable {
        let path: String
        let device: dev_t
        let inode: ino_t
    }

    /// How many connections wait until a thread has time for them: as many as the system allows by default.
    ///
    /// A web server does not wait where there is no room: nginx answers 502 at once.
    private static let backlog: Int32 = 4096

    /// Takes over `descriptor`, which listens already.
    init(inherited descriptor: Int32) throws {
        self.descriptor = descriptor
        file = nil
        try ListeningSocket.prepare(descriptor)
    }

    /// Makes a Unix socket at `path` that its owner and group may use (0660), and listens on it.
    ///
    /// A socket that lies there is replaced when nobody listens on it, as after a crash; when somebody does,
    /// or when something else lies there, this fails and touches nothing.
    package init(at path: String) throws {
        try ListeningSocket.removeStale(path)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("cannot make a socket for", path) }
        do {
            try ListeningSocket.bind(descriptor, to: path)
            try ListeningSocket.prepare(descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        var status = stat()
        guard lstat(path, &status) == 0 else { throw SocketError("cannot look at", path) }
        file = OwnedFile(path: path, device: status.st_dev, inode: status.st_ino)
    }

    /// Closes it, and removes its file unless another has taken its place.
    package func close() {
        if let file {
            var status = stat()
            if lstat(file.path, &status) == 0, status.st_dev == file.device, status.st_ino == file.inode {
                unlink(file.path)
            }
        }
        Glibc.close(descriptor)
    }

    /// Keeps the socket from child processes, and makes `accept` return at once when another process of the
    /// same socket was faster.
    private static func prepare(_ descriptor: Int32) throws {
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) >= 0,
            fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) >= 0
        else { throw SocketError("cannot set up the socket on descriptor", String(descriptor)) }
    }

    private static func bind(_ descriptor: Int32, to path: String) throws {
        let status = try withAddress(of: path) { Glibc.bind(descriptor, $0, $1) }
        guard status == 0 else { throw SocketError("cannot make the socket", path) }
        // Nobody can connect before it listens, so that the mode, which umask may have cut, is in time.
        guard chmod(path, 0o660) == 0 else { throw SocketError("cannot set the mode of", path) }
        guard listen(descriptor, backlog) == 0 else { throw SocketError("cannot listen on", path) }
    }

    private static func removeStale(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SocketError("\(path) exists and is not a socket: it is left alone; name another --socket")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw SocketError("cannot make a socket to look at", path) }
        defer { Glibc.close(probe) }
        let connected = try withAddress(of: path) { connect(probe, $0, $1) }
        guard connected < 0, errno == ECONNREFUSED else {
            throw SocketError(
                "\(path) is in use: another responder listens there; stop it, or name another --socket",
                isInUse: true
            )
        }
        guard unlink(path) == 0 else { throw SocketError("cannot remove the stale socket", path) }
    }

    private static func withAddress<Result>(
        of path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) throws -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            throw SocketError("\(path) is too long for a socket: \(capacity - 1) bytes are allowed")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
