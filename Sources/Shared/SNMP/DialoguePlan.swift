// The order of things in a dialogue with one agent, without sockets and clocks: what to send first, what when
// nothing comes back, what when a report does. Every rule about engines and about telling a wrong passphrase
// from a dead device is here.

/// Decides what a dialogue does next.
package struct DialoguePlan {
    /// What can be sent.
    package enum Step: Hashable, Sendable {
        /// The discovery request of RFC 3414, section 4.
        case discover
        /// The conversation's request.
        case ask
        /// The conversation's request with authentication but without privacy, to learn which of the two fails.
        case probe
    }

    /// What to do next.
    package enum Action: Equatable, Sendable {
        /// Send this; its answer has one time-out to arrive.
        case send(Step)
        /// Take the engine and clock from the report that just came, then send this.
        case adopt(Step)
        /// Tell the conversation that this request goes unanswered.
        case silence
        /// Give up.
        case fail(SNMPFailure)
    }

    /// How requests are secured, as far as the order of things depends on it.
    package enum Security: Sendable {
        case community
        case user(isPrivate: Bool)
    }

    private let security: Security
    private let retries: Int
    /// What was sent last.
    package private(set) var step: Step
    /// How often `step` may still be sent.
    private var attemptsLeft: Int
    /// Whether the engine is only remembered from an earlier run, and may have been replaced since.
    private var engineIsDoubtful: Bool
    /// Corrections of the clock that are left: one for a remembered clock, one for a discovered one, which no
    /// digest protected.
    private var clockCorrections = 2
    /// Whether the agent has answered a request of the conversation.
    package private(set) var hasAnswered = false

    /// The plan for an agent with `security`, of which an engine is known or not.
    package init(security: Security, engineIsKnown: Bool, retries: Int) {
        self.security = security
        self.retries = max(0, retries)
        if case .user = security, !engineIsKnown {
            step = .discover
            engineIsDoubtful = false
        } else {
            step = .ask
            engineIsDoubtful = engineIsKnown
        }
        attemptsLeft = max(0, retries)
    }

    /// The conversation's request was answered; its next one has all attempts again.
    package mutating func answered() {
        hasAnswered = true
        engineIsDoubtful = false
        enter(.ask)
    }

    /// An answer came to a probe: who asks is known, only the encryption is not understood.
    package func probeAnswered() -> Action {
        .fail(.decryptionError)
    }

    /// The time-out of the last attempt passed.
    package mutating func timedOut() -> Action {
        // A remembered engine gets half of the attempts, discovery the rest: a dead device takes as long as
        // ever, and a replaced one is found all the same.
        let doubtsNow = engineIsDoubtful && attemptsLeft <= (retries + 1) / 2
        if step == .ask, doubtsNow {
            engineIsDoubtful = false
            step = .discover
            attemptsLeft = max(1, attemptsLeft)
        }
        if attemptsLeft > 0 {
            attemptsLeft -= 1
            return .send(step)
        }
        switch (step, security) {
        case (.ask, _) where hasAnswered:
            enter(.ask)
            return .silence
        case (.discover, _), (.ask, .community): return .fail(.timeout)
        case (.ask, .user(isPrivate: true)):
            // It answered discovery, then not one encrypted request: agents drop what they cannot decrypt.
            enter(.probe)
            return .send(.probe)
        default: return .fail(.ignored)
        }
    }

    /// A report came to the last step.
    ///
    /// `namesEngine`: whether it says which engine sent it.
    package mutating func received(_ report: Report, namesEngine: Bool) -> Action {
        if step == .discover {
            // RFC 3414 has usmStatsUnknownEngineIDs here; any report that names its engine serves.
            guard namesEngine else { return .fail(.malformed("answers discovery without an engine ID")) }
            enter(.ask)
            return .adopt(.ask)
        }
        switch report {
        case .unknownEngine where engineIsDoubtful && namesEngine:
            engineIsDoubtful = false
            enter(.ask)
            return .adopt(.ask)
        case .notInTimeWindow where clockCorrections > 0 && namesEngine:
            clockCorrections -= 1
            enter(step)
            return .adopt(step)
        case .wrongDigest where engineIsDoubtful:
            engineIsDoubtful = false
            enter(.discover)
            return .send(.discover)
        case .unsupportedSecurityLevel where step == .probe: return .fail(.decryptionError)
        case .unknownEngine: return .fail(.malformed("does not know the engine ID that it gave"))
        case .notInTimeWindow: return .fail(.notInTimeWindow)
        case .wrongDigest: return .fail(.wrongDigest)
        case .unsupportedSecurityLevel: return .fail(.unsupportedSecurityLevel)
        case .unknownUser: return .fail(.unknownUser)
        case .decryptionError: return .fail(.decryptionError)
        case .other(let counter): return .fail(.malformed("reports \(counter)"))
        }
    }

    /// Begins `step` with one attempt taken.
    private mutating func enter(_ step: Step) {
        self.step = step
        attemptsLeft = retries
    }
}
