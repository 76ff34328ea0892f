internal import Basics
import Glibc

/// One accepted connection, before and after the library has it.
struct Connection {
    /// How long the head of a request may take from the connection on.
    ///
    /// A web server sends it at once.
    static let headMilliseconds: Int64 = 1000
    /// How long one read or write may then take.
    static let transferSeconds = 10
    /// How much of what a client still sends is read when its answer is ready.
    private static let longestRest = 65_536

    let descriptor: Int32

    /// Takes over `descriptor`, and bounds every later read and write on it, the library's too.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: Connection.transferSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }

    /// Waits until a whole head lies in the kernel's buffer, leaves it there, and gives nil; or says why
    /// there is nothing to serve.
    ///
    /// `buffer` is scratch space of `RequestHead.longest` bytes.
    func refusal(using buffer: inout [UInt8]) -> String? {
        let deadline = SystemClock.monotonicMilliseconds() + Connection.headMilliseconds
        let flags = Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
        var seen = 0
        var isGone = false
        while true {
            let count = recv(descriptor, &buffer, buffer.count, flags)
            if count == 0 { return "closed before a request came" }
            if count < 0 && errno != EAGAIN && errno != EINTR { return "broke before a request came" }
            if count > seen {
                seen = count
                switch RequestHead.inspect(buffer[..<count]) {
                case .complete: return nil
                case .malformed(let reason): return reason
                case .incomplete where count == buffer.count: return "sends too long a head"
                case .incomplete: break
                }
            }
            let left = deadline - SystemClock.monotonicMilliseconds()
            guard left > 0, !isGone else {
                return seen == 0 ? "stayed silent" : "stopped in the middle of a head"
            }
            isGone = waitForMore(upTo: Int32(clamping: left), hasSeenSome: seen > 0)
        }
    }

    /// Closes the connection, having read what the client has sent since, within bounds: closing on unread
    /// bytes would take the answer back from it.
    func close() {
        var trash = [UInt8](repeating: 0, count: 4096)
        var total = 0
        while total < Connection.longestRest {
            let count = recv(descriptor, &trash, trash.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { break }
            total += count
        }
        Glibc.close(descriptor)
    }

    /// Waits a little for more bytes; whether the client has hung up, so that those there are the last.
    ///
    /// Bytes that lie there end a poll for bytes at once, so further ones are waited for by the millisecond.
    private func waitForMore(upTo milliseconds: Int32, hasSeenSome: Bool) -> Bool {
        var watched = pollfd(fd: descriptor, events: hasSeenSome ? 0 : Int16(POLLIN), revents: 0)
        poll(&watched, 1, hasSeenSome ? 1 : milliseconds)
        return watched.revents & Int16(POLLHUP | POLLERR) != 0
    }
}
