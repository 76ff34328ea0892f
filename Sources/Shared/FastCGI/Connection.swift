internal import Basics
import Glibc

/// One client's connection, between two things that happen on it.
///
/// A value: whoever has taken it out of the waiting room owns it, and nobody waits for the client with a thread.
struct Connection: Sendable {
    /// What the client must do next for it to go on.
    enum Wait {
        /// Send more of its request.
        case forInput
        /// Take more of its answer.
        case forRoom
    }

    /// What comes of the connection.
    enum Step {
        case waits(Wait)
        /// A request is due an answer; the records of its head, and its body.
        case asks([UInt8], body: [UInt8])
        /// It has been served.
        case isDone
        /// There is nothing to serve, and why.
        case isRefused(String)
    }

    /// How long a client may take, in milliseconds.
    struct Patience: Sendable {
        /// For its request, from the connection on; a web server sends it at once.
        var head: Int64 = 5000
        /// For fetching its answer; nginx takes it as fast as it comes, up to what it keeps for a slow browser.
        var answer: Int64 = 30_000
    }

    /// How much of what a client still sends is read when it has its answer.
    private static let longestRest = 65_536

    let descriptor: Int32
    /// Until when the client may take what it takes now, on the monotonic clock.
    private(set) var deadline: Int64
    private let patience: Patience
    /// Whether the watch has had its descriptor before.
    var isWatched = false
    private var head = RequestHead()
    /// The answer's records, and how much of them has been sent.
    private var output: [UInt8] = []
    private var sent = 0
    /// Makes what follows in the answer; absent where `output` has its end.
    private var more: Response.Continuation?
    private var requestID = 0
    /// Until when the client may take whatever it takes.
    private var latest = Int64.max

    /// A connection that was accepted on `descriptor`, which does not block, at `now` on the monotonic clock.
    init(_ descriptor: Int32, now: Int64, patience: Patience) {
        self.descriptor = descriptor
        self.patience = patience
        deadline = now + patience.head
    }

    /// What the client has missed when its time is over.
    var omission: String {
        if !output.isEmpty { return "did not take its answer" }
        return head.isEmpty ? "stayed silent" : "stopped in the middle of a head"
    }

    /// Goes on as far as the client lets it, with `buffer` as scratch space.
    mutating func advance(using buffer: inout [UInt8]) -> Step {
        if output.isEmpty { return receive(using: &buffer) }
        guard sent == output.count, let more else { return send() }
        do {
            guard let piece = try more() else {
                self.more = nil
                return proceed(with: Record.end(of: requestID))
            }
            return proceed(with: Record.output(piece, of: requestID))
        } catch {
            // Without the end of the request: who has got this far sees that it is not whole.
            return .isRefused("had its answer cut off: \(error)")
        }
    }

    /// Begins to send `records`, the answer to the request at hand, at `now` on the monotonic clock.
    mutating func answer(with records: [UInt8], now: Int64) -> Step {
        output = records
        sent = 0
        deadline = min(latest, now + patience.answer)
        return send()
    }

    /// Begins to send the answer that begins with `content`, to the request with the id `requestID`; `more` makes the rest,
    /// each piece once the client has taken the one before.
    mutating func answer(
        beginningWith content: [UInt8],
        to requestID: Int,
        _ more: @escaping Response.Continuation,
        now: Int64
    ) -> Step {
        self.more = more
        self.requestID = requestID
        return answer(with: Record.output(content, of: requestID), now: now)
    }

    private mutating func proceed(with records: [UInt8]) -> Step {
        answer(with: records, now: SystemClock.monotonicMilliseconds())
    }

    /// Lets the client take no longer than until `latest`.
    mutating func hurry(until latest: Int64) {
        self.latest = min(self.latest, latest)
        deadline = min(deadline, latest)
    }

    /// Closes the connection, having read what the client has sent since, within bounds: closing on unread bytes would
    /// take the answer back from it.
    func close(using buffer: inout [UInt8]) {
        var total = 0
        while total < Connection.longestRest {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            total += count
        }
        Glibc.close(descriptor)
    }

    private mutating func receive(using buffer: inout [UInt8]) -> Step {
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 {
                return .isRefused(
                    head.isEmpty ? "closed before a request came" : "stopped in the middle of a head"
                )
            }
            guard count > 0 else {
                switch errno {
                case EINTR: continue
                case EAGAIN: return .waits(.forInput)
                default: return .isRefused("broke before a request came")
                }
            }
            switch head.take(buffer[..<count]) {
            case .complete(let records, let body): return .asks(records, body: body)
            case .malformed(let reason): return .isRefused(reason)
            case .incomplete: continue
            }
        }
    }

    private mutating func send() -> Step {
        while sent < output.count {
            let count = output.withUnsafeBytes { bytes in
                Glibc.send(
                    descriptor,
                    bytes.baseAddress.map { $0 + sent },
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count > 0 {
                sent += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .waits(.forRoom)
            // A browser that went away is no error: there is nobody left to tell.
            default: return .isDone
            }
        }
        // Between two pieces everybody else has a turn, however fast this client is.
        return more == nil ? .isDone : .waits(.forRoom)
    }
}
