import Basics
import Glibc
import MIB

/// One run of an exchange: the loop that sends, waits, receives and gives up.
struct ExchangeRun {
    /// What the clock may bring to a dialogue.
    private struct Timer {
        enum Kind {
            /// The answer is late enough for the request not to count against the window any more.
            case late
            /// The attempt is over.
            case over
        }

        let kind: Kind
        let index: Int
        let serial: Int
    }

    /// How long a request without answer counts against the window, in milliseconds: longer than a live PDU
    /// takes, much shorter than a time-out.
    ///
    /// A later answer is still taken.
    private static let lateAfter: Int64 = 500
    /// The key under which the name resolution is watched.
    private static let resolutionKey = Int(Int32.max)

    private var dialogues: [Dialogue]
    private let conversations: any Conversations
    private let window: Int
    private let deadline: Int64
    private var codec = MessageCodec()
    private let keys: MasterKeys
    private var identifiers = MessageIDs()
    private var sockets: ReadySockets?
    private var resolution: NameResolution?
    private var namedHosts: [NameResolution.HostName: [Int]] = [:]
    private var timers = Timetable<Timer>()
    private var queue = SendQueue()
    private var inFlight = 0
    /// Those who wait for somebody to close a socket.
    private var socketless = SendQueue()
    private var openSockets = 0
    private var mostSockets: Int
    private var unfinished: Int
    /// The largest datagram that there is fits.
    private var buffer = [UInt8](repeating: 0, count: 65536)

    /// Descriptors that sockets leave to everybody else: the history, the lookup of names.
    private static let otherDescriptors = 64

    /// A run that has not begun, with a conversation for each of `agents`.
    ///
    /// `mostSockets`: how many there may be at once; absent: as many as the system allows.
    init(
        _ agents: [SNMPAgent],
        _ conversations: any Conversations,
        window: Int,
        deadline: Int64,
        keys: MasterKeys = MasterKeys(),
        mostSockets: Int? = nil
    ) {
        let now = SystemClock.monotonicMilliseconds()
        let wallClock = SystemClock.now()
        dialogues = agents.map { Dialogue($0, wallClock: wallClock, now: now) }
        self.conversations = conversations
        self.mostSockets = mostSockets ?? .max
        self.window = window
        self.deadline = deadline
        self.keys = keys
        unfinished = agents.count
    }

    /// Carries on every dialogue until all are over.
    mutating func carryOn() {
        let descriptors = allowDescriptors(dialogues.count + Self.otherDescriptors)
        mostSockets = min(mostSockets, max(descriptors - Self.otherDescriptors, descriptors / 2))
        do {
            sockets = try ReadySockets()
        } catch {
            for index in dialogues.indices { finish(index, .unreachable(error.words)) }
        }
        begin()
        var now = SystemClock.monotonicMilliseconds()
        while unfinished > 0, now < deadline {
            sendWhatFits(now: now)
            guard unfinished > 0 else { break }
            let wait = min(timers.next ?? deadline, deadline) - now
            let ready = sockets?.wait(milliseconds: wait) ?? []
            now = SystemClock.monotonicMilliseconds()
            for key in ready { key == Self.resolutionKey ? takeAddresses() : receive(key, now: now) }
            while let timer = timers.popDue(at: now) { fire(timer, now: now) }
        }
        for index in dialogues.indices where !dialogues[index].isFinished { finish(index, .deadline) }
    }

    /// How every dialogue ended, in their order, each with its conversation.
    func results<C>(_ conversations: [C]) -> [DialogueResult<C>] {
        let now = SystemClock.monotonicMilliseconds()
        let wallClock = SystemClock.now()
        return zip(dialogues, conversations).map { $0.result($1, wallClock: wallClock, now: now) }
    }

    // MARK: - Beginning

    /// Queues the agents with numeric addresses and has the others' names looked up.
    private mutating func begin() {
        for index in dialogues.indices where !dialogues[index].isFinished {
            let agent = dialogues[index].agent
            guard takeRequest(index) else {
                finish(index, nil)
                continue
            }
            if let address = SocketAddress.numeric(agent.host, port: agent.port) {
                dialogues[index].addresses = [address]
                queue.append(index)
            } else {
                let name = NameResolution.HostName(host: agent.host, port: agent.port)
                namedHosts[name, default: []].append(index)
            }
        }
        guard !namedHosts.isEmpty else { return }
        let resolution = NameResolution(Set(namedHosts.keys))
        self.resolution = resolution
        do {
            try sockets?.watch(resolution.descriptor, key: Self.resolutionKey)
        } catch {
            for index in namedHosts.values.joined() { finish(index, .unreachable(error.words)) }
        }
    }

    /// Queues the agents whose names were found.
    private mutating func takeAddresses() {
        for answer in resolution?.takeAnswers() ?? [] {
            for index in namedHosts[answer.name] ?? [] where !dialogues[index].isFinished {
                guard !answer.addresses.isEmpty else {
                    finish(index, .unreachable("the name does not resolve: \(answer.failure)"))
                    continue
                }
                dialogues[index].addresses = answer.addresses
                queue.append(index)
            }
        }
    }

    // MARK: - Sending

    private mutating func sendWhatFits(now: Int64) {
        while inFlight < window, let index = queue.popFirst() {
            guard !dialogues[index].isFinished else { continue }
            guard dialogues[index].socket != nil || openSockets < mostSockets else {
                socketless.append(index)
                continue
            }
            do {
                try openSocket(index)
                try send(index, now: now)
            } catch let error as SystemError where error.isExhaustion && openSockets > 0 {
                mostSockets = openSockets
                socketless.append(index)
            } catch let error as SystemError {
                networkRefused(index, error)
            } catch let failure as SNMPFailure {
                finish(index, failure)
            } catch {
                finish(index, .malformed("\(error)"))
            }
        }
    }

    private mutating func openSocket(_ index: Int) throws(SystemError) {
        guard dialogues[index].socket == nil, let address = dialogues[index].addresses.first else { return }
        let socket = try DatagramSocket(to: address)
        try sockets?.watch(socket.descriptor, key: index)
        dialogues[index].socket = socket
        openSockets += 1
    }

    /// Closes the dialogue's socket, if it has one, so that somebody else may open theirs.
    private mutating func closeSocket(_ index: Int) {
        guard dialogues[index].socket != nil else { return }
        dialogues[index].socket = nil
        openSockets -= 1
        if let next = socketless.popFirst() { queue.prepend(next) }
    }

    private mutating func send(_ index: Int, now: Int64) throws {
        let datagram = try dialogues[index].datagram(identifiers.next(), &codec, keys, now: now)
        let serial = dialogues[index].serial
        let timeout = Int64(max(1, dialogues[index].agent.timeoutMilliseconds))
        timers.add(Timer(kind: .over, index: index, serial: serial), at: now + timeout)
        timers.add(Timer(kind: .late, index: index, serial: serial), at: now + Self.lateAfter)
        dialogues[index].holdsSlot = true
        inFlight += 1
        try dialogues[index].socket?.send(datagram)
    }

    // MARK: - Receiving

    /// Takes what came for a dialogue: a few datagrams at a time, so that a flood from one agent leaves the
    /// others their turn.
    private mutating func receive(_ index: Int, now: Int64) {
        for _ in 0..<8 {
            guard !dialogues[index].isFinished, let socket = dialogues[index].socket else { return }
            do {
                guard let datagram = try socket.receive(into: &buffer) else { return }
                try take(datagram, index, now: now)
            } catch let error as SystemError {
                networkRefused(index, error)
            } catch let nonsense as UnreadableMessage {
                dialogues[index].nonsense = nonsense.reason
            } catch {
                dialogues[index].nonsense = "\(error)"
            }
        }
    }

    private mutating func take(_ datagram: [UInt8], _ index: Int, now: Int64) throws {
        let security = try dialogues[index].security(for: dialogues[index].plan.step, keys, now: now)
        let message = try decode(datagram, security, index, now: now)
        guard let step = dialogues[index].step(answeredBy: message) else {
            if dialogues[index].isLate(message) { return }
            throw UnreadableMessage(reason: "an answer to another question")
        }
        switch message.content {
        case .report(let report):
            let expected = dialogues[index].plan.step
            guard step == expected || expected == .discover else { return }
            let namesEngine = message.header?.engineID.isEmpty == false
            dialogues[index].heard(now: now)
            release(index)
            perform(
                dialogues[index].plan.received(report, namesEngine: namesEngine),
                index,
                message.header,
                now: now
            )
        case .response(let status, let errorIndex, let bindings):
            dialogues[index].heard(now: now)
            release(index)
            guard step == .ask else {
                return perform(dialogues[index].plan.probeAnswered(), index, now: now)
            }
            dialogues[index].plan.answered()
            if message.isAuthentic { dialogues[index].adopt(message.header, now: now) }
            guard status != Self.authorizationError else { return finish(index, .accessDenied) }
            let reply = status == 0 ? .bindings(bindings) : SNMPReply.error(status: status, index: errorIndex)
            conversations.receive(reply, for: index)
            askNext(index)
        }
    }

    /// authorizationError (RFC 3416, section 3).
    private static var authorizationError: Int { 16 }

    /// Decodes with the security of what was asked last; failing that, of the conversation's own request, to
    /// which an answer may come late, when something else has been asked since.
    private mutating func decode(
        _ datagram: [UInt8],
        _ security: MessageSecurity,
        _ index: Int,
        now: Int64
    ) throws -> ReceivedMessage {
        do {
            return try codec.decode(datagram, security)
        } catch {
            guard dialogues[index].plan.step != .ask else { throw error }
            return try codec.decode(datagram, dialogues[index].security(for: .ask, keys, now: now))
        }
    }

    // MARK: - Deciding

    private mutating func fire(_ timer: Timer, now: Int64) {
        guard !dialogues[timer.index].isFinished, dialogues[timer.index].serial == timer.serial else {
            return
        }
        switch timer.kind {
        case .late: release(timer.index)
        case .over:
            release(timer.index)
            // The dead would keep their sockets from the living until the last of their attempts is over.
            if !socketless.isEmpty { closeSocket(timer.index) }
            perform(dialogues[timer.index].plan.timedOut(), timer.index, now: now)
        }
    }

    private mutating func perform(
        _ action: DialoguePlan.Action,
        _ index: Int,
        _ header: SecurityHeader? = nil,
        now: Int64
    ) {
        switch action {
        case .send: queue.append(index)
        case .adopt:
            dialogues[index].adopt(header, now: now)
            queue.prepend(index)
        case .silence:
            conversations.receive(.silence, for: index)
            askNext(index)
        case .fail(let failure): finish(index, failure)
        }
    }

    /// Takes the conversation's next request; false when it has none left.
    private mutating func takeRequest(_ index: Int) -> Bool {
        guard let request = conversations.nextRequest(of: index) else { return false }
        dialogues[index].take(request, id: identifiers.next())
        return true
    }

    private mutating func askNext(_ index: Int) {
        if takeRequest(index) {
            queue.prepend(index)
        } else {
            finish(index, nil)
        }
    }

    /// The network said that nothing is there: the name's next address, if it has one, else the end.
    private mutating func networkRefused(_ index: Int, _ error: SystemError) {
        release(index)
        guard dialogues[index].addresses.count > 1, !dialogues[index].plan.hasAnswered else {
            return finish(index, .unreachable(error.words))
        }
        dialogues[index].addresses.removeFirst()
        closeSocket(index)
        queue.prepend(index)
    }

    private mutating func release(_ index: Int) {
        guard dialogues[index].holdsSlot else { return }
        dialogues[index].holdsSlot = false
        inFlight -= 1
    }

    private mutating func finish(_ index: Int, _ failure: SNMPFailure?) {
        dialogues[index].finish(failure)
        closeSocket(index)
        release(index)
        unfinished -= 1
    }
}
