internal import CFastCGI
import Glibc
import Synchronization

/// Gives each thread that asks the next connection, until told to stop.
final class Acceptor: Sendable {
    private let socket: Int32
    /// Wakes one waiting thread per connection, and all of them at the end.
    private let watch: Int32
    /// A pipe; closing its writing end is how every waiting thread learns of the end.
    private let stopReader: Int32
    private let stopWriter: Mutex<Int32>

    /// An acceptor on `socket`, which does not block and stays the caller's to close.
    ///
    /// The socket itself is never shut down: it may be systemd's, and would be dead for whoever is started
    /// next.
    init(socket: Int32) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SocketError("cannot make", "a pipe") }
        self.socket = socket
        stopReader = ends[0]
        stopWriter = Mutex(ends[1])
        watch = cfastcgi_watch(socket, stopReader)
        guard watch >= 0 else { throw SocketError("cannot watch", "the listening socket") }
    }

    deinit {
        stop()
        close(watch)
        close(stopReader)
    }

    /// Makes `next` return nil in every thread, now and from now on.
    func stop() {
        stopWriter.withLock { writer in
            if writer >= 0 { close(writer) }
            writer = -1
        }
    }

    /// The next connection; nil after `stop`.
    ///
    /// `onTrouble` gets the error number when the system has no connection to give, such as when descriptors
    /// have run out; then it is tried again a little later.
    func next(onTrouble: (Int32) -> Void) -> Int32? {
        while cfastcgi_wait(watch, stopReader) > 0 {
            let connection = accept(socket, nil, nil)
            if connection >= 0 { return connection }
            switch errno {
            // Another thread, or another process on the same socket, was faster; or the client has left.
            case EAGAIN, EINTR, ECONNABORTED: continue
            default:
                onTrouble(errno)
                pauseAfterTrouble()
            }
        }
        return nil
    }

    /// A tenth of a second, or less when it is time to stop.
    private func pauseAfterTrouble() {
        var watched = pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0)
        poll(&watched, 1, 100)
    }
}
