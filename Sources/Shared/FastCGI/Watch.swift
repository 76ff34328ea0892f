internal import CFastCGI
import Glibc

/// Where all threads of a server wait together for something to happen on any of its descriptors.
final class Watch: Sendable {
    /// What a thread is woken for.
    enum Event {
        /// A client asks to be let in; the thread lets the next one wake another by `awaitClient`.
        case client
        /// Something has happened on a connection's descriptor.
        case connection(Int32)
        /// The time is over and nothing has happened, or a signal came.
        case nothing
        /// It is time to stop; every thread is told, now and from now on.
        case stop
    }

    private let epoll: Int32
    private let listener: Int32
    /// A pipe; closing its writing end is how every waiting thread learns of the end.
    private let stopReader: Int32
    private let stopWriter: OneTimeDescriptor

    /// A watch over `listener`, a socket that does not block and stays the caller's to close.
    ///
    /// The socket itself is never shut down: it may be systemd's, and would be dead for whoever is started next.
    init(listener: Int32) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SocketError("cannot make", "a pipe") }
        self.listener = listener
        stopReader = ends[0]
        stopWriter = OneTimeDescriptor(ends[1])
        epoll = cfastcgi_epoll()
        guard epoll >= 0, cfastcgi_watch_always(epoll, stopReader) == 0,
            cfastcgi_watch_once(epoll, listener, 0, 0) == 0
        else { throw SocketError("cannot watch", "the listening socket") }
    }

    deinit {
        stopWriter.close()
        Glibc.close(epoll)
        Glibc.close(stopReader)
    }

    /// Makes `next` answer `stop` in every thread, now and from now on.
    func stop() {
        stopWriter.close()
    }

    /// From now on `next` gives what happens on connections, and neither clients nor the stop.
    func watchConnectionsOnly() {
        cfastcgi_forget(epoll, stopReader)
        cfastcgi_forget(epoll, listener)
    }

    /// What happens next; `nothing` after so many milliseconds, or never with -1.
    func next(within milliseconds: Int32) -> Event {
        switch cfastcgi_wait(epoll, milliseconds) {
        case -1: .nothing
        case stopReader: .stop
        case listener: .client
        case let descriptor: .connection(descriptor)
        }
    }

    /// The next client's connection, which does not block; -1 with `errno` where there is none.
    func accept() -> Int32 {
        cfastcgi_accept(listener)
    }

    /// Wakes one thread for the next client, or at once when there is one.
    func awaitClient() {
        _ = cfastcgi_watch_once(epoll, listener, 0, 1)
    }

    /// Wakes one thread, once, when what `descriptor` waits for has happened; false when the system refuses.
    func await(_ wait: Connection.Wait, on descriptor: Int32, isKnown: Bool) -> Bool {
        cfastcgi_watch_once(epoll, descriptor, wait == .forRoom ? 1 : 0, isKnown ? 1 : 0) == 0
    }
}
