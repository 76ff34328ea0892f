import Glibc
import Synchronization

// Names are looked up on threads of their own, while agents with numeric addresses are already being asked: one
// slow name server delays only those who need it. getaddrinfo(3) cannot be stopped, so a thread may outlive the
// run that started it; what it writes to is kept alive by the thread itself.

/// Looks up names without making anybody wait.
final class NameResolution: Sendable {
    /// What a name turned out to be.
    struct Answer: Sendable {
        /// What was asked for.
        let name: HostName
        /// Where it is; empty when it is nowhere.
        let addresses: [SocketAddress]
        /// The system's words when it is nowhere.
        let failure: String
    }

    /// A name and the port wanted there.
    struct HostName: Hashable, Sendable {
        let host: String
        let port: UInt16
    }

    private struct State {
        var waiting: [HostName]
        var answers: [Answer] = []
    }

    /// Readable when there are answers.
    let descriptor: Int32
    /// A byte is written here for each answer.
    private let writer: Int32
    private let state: Mutex<State>

    /// Begins to look up `names`.
    init(_ names: Set<HostName>) {
        state = Mutex(State(waiting: Array(names)))
        var pair: [Int32] = [-1, -1]
        socketpair(
            AF_UNIX,
            Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
            0,
            &pair
        )
        descriptor = pair[0]
        writer = pair[1]
        for _ in 0..<min(names.count, 16) { startThread() }
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    /// What has been found out since the last time.
    func takeAnswers() -> [Answer] {
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) > 0 {}
        return state.withLock { state in
            defer { state.answers = [] }
            return state.answers
        }
    }

    private func startThread() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        // The thread owns one reference to self and gives it up at its end.
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread,
            &attributes,
            { context in
                if let context {
                    Unmanaged<NameResolution>.fromOpaque(context).takeRetainedValue().work()
                }
                return nil
            },
            context
        )
        if status != 0 {
            // Without threads there is nobody else to do it.
            Unmanaged<NameResolution>.fromOpaque(context).takeRetainedValue().work()
        }
    }

    /// Looks up one name after the other until none is left.
    private func work() {
        while let name = state.withLock({ $0.waiting.popLast() }) {
            let answer = Self.lookUp(name)
            state.withLock { $0.answers.append(answer) }
            var byte: UInt8 = 1
            // Full is as good as written: the reader has something to wake up for.
            write(writer, &byte, 1)
        }
    }

    private static func lookUp(_ name: HostName) -> Answer {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(name.host, String(name.port), &hints, &list)
        guard status == 0 else {
            return Answer(name: name, addresses: [], failure: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(list) }
        return Answer(name: name, addresses: SocketAddress.list(list), failure: "no address")
    }
}
