import Glibc

extension ListeningSocket {
    /// The listening socket that the process was started with: systemd's (sd_listen_fds(3)), else descriptor
    /// 0, as spawn-fcgi and the FastCGI specification (section 2.2) hand it over.
    package static func inherited() throws -> ListeningSocket {
        if let count = activatedCount() {
            unsetenv("LISTEN_PID")
            unsetenv("LISTEN_FDS")
            unsetenv("LISTEN_FDNAMES")
            guard count == 1 else {
                throw SocketError("systemd passes \(count) sockets, but one is expected")
            }
            return try checked(firstOfSystemd, from: "systemd")
        }
        return try checked(STDIN_FILENO, from: "spawn-fcgi")
    }

    /// SD_LISTEN_FDS_START.
    private static let firstOfSystemd: Int32 = 3

    /// How many sockets systemd passes to this very process; absent when it passes none.
    private static func activatedCount() -> Int? {
        guard let process = getenv("LISTEN_PID"), let count = getenv("LISTEN_FDS"),
            Int32(String(cString: process)) == getpid()
        else { return nil }
        return Int(String(cString: count))
    }

    private static func checked(_ descriptor: Int32, from sender: String) throws -> ListeningSocket {
        var isListening: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let status = getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length)
        guard status == 0, isListening != 0 else {
            throw SocketError(
                sender == "systemd"
                    ? "the socket that systemd passes does not listen: the .socket unit needs ListenStream="
                    : "no socket to serve: name one with --socket PATH, or start by systemd or spawn-fcgi"
            )
        }
        return try ListeningSocket(inherited: descriptor)
    }
}
