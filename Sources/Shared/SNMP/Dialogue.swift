import Basics
import MIB

/// One agent in an exchange: what was said, and what is awaited.
///
/// Its conversation is kept apart (`ConversationList`): what is generic is compiled for any type, and then every look
/// at a member copies the whole.
struct Dialogue {
    let agent: SNMPAgent
    var plan: DialoguePlan
    /// Where the agent may be, the likeliest first; those that refused are taken out.
    var addresses: [SocketAddress] = []
    var socket: DatagramSocket?
    var engine: EngineClock?
    private var user: LocalizedUser?

    /// The conversation's request, until it is answered.
    private(set) var request: SNMPRequest?
    private var requestID = 0
    /// What each message that may still be answered was sent for, by its ID; by 0 with SNMPv1 and v2c.
    ///
    /// A few at the most, and mostly one.
    private var awaited: [(messageID: Int, step: DialoguePlan.Step)] = []
    /// What is not awaited any more, by message ID, or by request ID with SNMPv1 and v2c: late or repeated answers
    /// to it mean nothing.
    private var former: [Int] = []
    /// Changes with every sending; timers of earlier ones mean nothing.
    private(set) var serial = 0
    /// Whether the request under way counts against the window.
    var holdsSlot = false

    private var firstSent: Int64?
    private var lastAnswer: Int64?
    private var sent = 0
    /// What came instead of an answer, for the failure's text.
    var nonsense: String?
    private(set) var isFinished = false
    private var failure: SNMPFailure?

    /// A dialogue that has not begun, at monotonic milliseconds `now`.
    init(_ agent: SNMPAgent, wallClock: UnixTime, now: Int64) {
        self.agent = agent
        var security = DialoguePlan.Security.community
        if case .user(let user) = agent.credential {
            security = .user(isPrivate: user.level == .authPriv)
            engine = agent.engine.map { EngineClock($0, wallClock: wallClock, now: now) }
        }
        plan = DialoguePlan(security: security, engineIsKnown: engine != nil, retries: agent.retries)
    }

    /// Takes the conversation's next request, which is called `id`.
    mutating func take(_ request: SNMPRequest, id: Int) {
        self.request = request
        stopAwaiting()
        requestID = id
    }

    /// The datagram for the plan's step, which is sent at `now` as the message `messageID`.
    mutating func datagram(
        _ messageID: Int,
        _ codec: inout MessageCodec,
        _ keys: MasterKeys,
        now: Int64
    ) throws(SNMPFailure) -> [UInt8] {
        let security = try security(for: plan.step, keys, now: now)
        let question = plan.step == .discover ? .get([]) : request
        guard let question,
            let datagram = codec.encode(question, security, requestID: requestID, messageID: messageID)
        else { throw .malformed("the request cannot be encoded") }
        if case .community = agent.credential {
            awaited = [(0, plan.step)]
        } else {
            awaited.append((messageID, plan.step))
        }
        firstSent = firstSent ?? now
        sent += 1
        serial += 1
        return datagram
    }

    /// How to secure a message, or to check one, for `step` at `now`.
    mutating func security(
        for step: DialoguePlan.Step,
        _ keys: MasterKeys,
        now: Int64
    ) throws(SNMPFailure) -> MessageSecurity {
        switch agent.credential {
        case .community(let version, let community): return .community(version, community.exposed)
        case .user(let name):
            guard step != .discover, let engine else { return .discovery }
            if user?.engineID != engine.id {
                user = LocalizedUser(name, engineID: engine.id, keys: keys)
            }
            guard let user else { throw .unusableCredential }
            let (boots, time) = engine.reading(now: now)
            let level = step == .probe ? .authNoPriv : name.level
            return .user(name: name.name, user, level, boots: boots, time: time)
        }
    }

    /// What `message` answers; nil when nobody waits for it.
    func step(answeredBy message: ReceivedMessage) -> DialoguePlan.Step? {
        if case .response = message.content, message.requestID != requestID { return nil }
        return awaited.last { $0.messageID == message.messageID }?.step
    }

    /// Notes that an answer was understood at `now`.
    mutating func heard(now: Int64) {
        lastAnswer = now
        nonsense = nil
    }

    /// Takes the engine and its clock from `header`; what was sent to the engine as it was thought to be is no
    /// longer awaited.
    mutating func adopt(_ header: SecurityHeader?, now: Int64) {
        engine = EngineClock(header, now: now) ?? engine
        stopAwaiting()
    }

    /// Whether `message` answers something that is not awaited any more.
    func isLate(_ message: ReceivedMessage) -> Bool {
        former.contains(message.messageID == 0 ? message.requestID : message.messageID)
    }

    private mutating func stopAwaiting() {
        former += awaited.map { $0.messageID == 0 ? requestID : $0.messageID }
        awaited.removeAll(keepingCapacity: true)
    }

    /// Ends the dialogue.
    mutating func finish(_ failure: SNMPFailure?) {
        isFinished = true
        self.failure = failure
        if failure == .timeout || failure == .ignored, let nonsense { self.failure = .malformed(nonsense) }
        awaited = []
    }

    /// How it ended, with its conversation.
    func result<C>(_ conversation: C, wallClock: UnixTime, now: Int64) -> DialogueResult<C> {
        DialogueResult(
            conversation: conversation,
            failure: failure,
            engine: plan.hasAnswered ? engine?.kept(wallClock: wallClock, now: now) : nil,
            latencyMilliseconds: lastAnswer.flatMap { last in firstSent.map { last - $0 } },
            requests: sent
        )
    }
}

extension SNMPUser {
    /// The level that follows from what is given.
    var level: SecurityLevel {
        authentication == nil ? .noAuthNoPriv : privacy == nil ? .authNoPriv : .authPriv
    }
}
