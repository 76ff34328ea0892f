package import MIB

/// Talks to many agents at once, on one thread.
///
/// Every agent has a socket of its own and at most one request under way. An agent that is dead, slow or
/// talks nonsense costs the others nothing: a request that has gone unanswered for a moment no longer counts
/// against the window, and names are looked up on the side. Where there are fewer descriptors than agents, those that
/// have let an attempt pass give up their sockets to those who wait for one.
package struct Exchange {
    /// Requests in flight at once.
    package let window: Int
    /// When to stop, by `SystemClock.monotonicMilliseconds()`.
    package let deadline: Int64
    private let keys: MasterKeys

    /// An exchange of at most `window` requests at once, until `deadline` in monotonic milliseconds, with the keys of
    /// `keys` and others as they are needed.
    package init(window: Int, deadline: Int64, keys: MasterKeys = MasterKeys()) {
        self.window = max(1, window)
        self.deadline = deadline
        self.keys = keys
    }

    /// Carries on each conversation with its agent until it ends, fails, or the deadline comes; the results
    /// have the order of `dialogues`.
    ///
    /// One exchange at a time uses libsnmp; a second one on another thread waits for the first.
    package func run<C: Conversation>(_ dialogues: [(SNMPAgent, C)]) -> [DialogueResult<C>] {
        var results: [DialogueResult<C>] = []
        let conversations = ConversationList(dialogues.map { $1 })
        Library.exclusively {
            var run = ExchangeRun(
                dialogues.map { $0.0 },
                conversations,
                window: window,
                deadline: deadline,
                keys: keys
            )
            run.carryOn()
            results = run.results(conversations.all)
        }
        return results
    }
}

/// How a dialogue with one agent ended.
package struct DialogueResult<C: Conversation> {
    /// The conversation, as far as it came.
    package let conversation: C
    /// Why it ended early; absent when it came to its end.
    package let failure: SNMPFailure?
    /// The SNMPv3 engine that answered, to be kept for the next run; absent when none did.
    package let engine: SNMPEngine?
    /// Milliseconds from the first request to the last answer; absent when nothing answered.
    package let latencyMilliseconds: Int64?
    /// How many datagrams were sent.
    package let requests: Int
}

extension DialogueResult: Sendable where C: Sendable {}
