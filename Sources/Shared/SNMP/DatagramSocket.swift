import Basics
import Glibc

/// An address that datagrams can be sent to.
struct SocketAddress: Hashable {
    /// A sockaddr of any family, as the system wrote it.
    fileprivate let bytes: [UInt8]
    fileprivate let family: Int32

    /// The addresses in a list that getaddrinfo(3) made.
    static func list(_ first: UnsafeMutablePointer<addrinfo>?) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        var next = first
        while let entry = next {
            if let address = entry.pointee.ai_addr {
                let bytes = UnsafeRawBufferPointer(start: address, count: Int(entry.pointee.ai_addrlen))
                addresses.append(SocketAddress(bytes: Array(bytes), family: entry.pointee.ai_family))
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    /// The address that `host` spells out in numbers, IPv4 or IPv6; nil when it is a name.
    static func numeric(_ host: String, port: UInt16) -> SocketAddress? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return nil }
        defer { freeaddrinfo(list) }
        return Self.list(list).first
    }
}

/// A UDP socket that talks to one address only, and never waits.
///
/// Being connected, it takes datagrams from nobody else, and hears from the network when nothing listens there.
final class DatagramSocket {
    let descriptor: Int32

    /// A socket to `address`; throws the system's error number.
    init(to address: SocketAddress) throws(SystemError) {
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let opened = socket(address.family, type, 0)
        guard opened >= 0 else { throw SystemError(number: errno) }
        let status = address.bytes.withUnsafeBytes { bytes in
            // The bytes are a whole sockaddr of its family, and malloc aligns them for any.
            connect(opened, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
        guard status == 0 else {
            let number = errno
            close(opened)
            throw SystemError(number: number)
        }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    /// Sends `datagram`; what the network cannot take now is lost, as datagrams are.
    func send(_ datagram: [UInt8]) throws(SystemError) {
        guard Glibc.send(descriptor, datagram, datagram.count, Int32(MSG_NOSIGNAL)) < 0 else { return }
        let number = errno
        guard number != EAGAIN, number != ENOBUFS, number != EINTR else { return }
        throw SystemError(number: number)
    }

    /// The next datagram; nil when there is none.
    ///
    /// `buffer` is where it passes through.
    func receive(into buffer: inout [UInt8]) throws(SystemError) -> [UInt8]? {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count >= 0 { return Array(buffer.prefix(count)) }
        let number = errno
        guard number != EAGAIN, number != EINTR else { return nil }
        throw SystemError(number: number)
    }
}

/// A system call failed.
struct SystemError: Error {
    let number: Int32

    /// The system's words.
    var words: String { systemErrorText(number) }

    /// Whether it is for want of file descriptors.
    var isExhaustion: Bool { number == EMFILE || number == ENFILE || number == ENOMEM || number == ENOBUFS }
}

/// Raises this process's own limit of open descriptors to `count`, as far as the system lets it; the limit then.
func allowDescriptors(_ count: Int) -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return count }
    if limit.rlim_cur < count {
        limit.rlim_cur = min(limit.rlim_max, rlim_t(count))
        setrlimit(resource, &limit)
    }
    return Int(clamping: limit.rlim_cur)
}
