import CNetSNMP
import Glibc

/// Waits for many descriptors at once (epoll): what a wait costs depends on how many are ready, not on how many
/// there are.
final class ReadySockets {
    private let descriptor: Int32
    private var events = [epoll_event](repeating: epoll_event(), count: 256)

    /// Throws the system's error number when there are no descriptors left.
    init() throws(SystemError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError(number: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Watches `socket`, which is called `key`, until it is closed.
    func watch(_ socket: Int32, key: Int) throws(SystemError) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = UInt64(key)
        guard epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0 else {
            throw SystemError(number: errno)
        }
    }

    /// The keys of those that have something to read, or an error to tell, within `milliseconds`.
    func wait(milliseconds: Int64) -> [Int] {
        let timeout = Int32(clamping: max(0, milliseconds))
        let count = epoll_wait(descriptor, &events, Int32(events.count), timeout)
        return events.prefix(Int(max(0, count))).map { Int($0.data.u64) }
    }
}
