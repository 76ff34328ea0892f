// What is asked of an agent, without saying how it gets there. A conversation is a pure state machine: it names
// the next request and takes the answer. `SNMP.Exchange` drives many of them over the network,
// `RecordedAgent` answers one from a recording; what a device means is decided in one place for both.

/// One request to an agent.
package enum SNMPRequest: Hashable, Sendable {
    /// The values of exactly these objects.
    case get([ObjectIdentifier])
    /// The objects that come next after each of these.
    case getNext([ObjectIdentifier])
    /// `repetitions` rows of objects after each of these (RFC 3416, section 4.2.3, without non-repeaters).
    ///
    /// Sent as GETNEXT where the version has no GETBULK (SNMPv1).
    case getBulk([ObjectIdentifier], repetitions: Int)
}

/// An agent's answer to one request.
package enum SNMPReply: Hashable, Sendable {
    /// The variable bindings, in the order asked; for GETBULK row by row (the answer may be cut short anywhere).
    case bindings([VariableBinding])
    /// The agent answered with an error status (RFC 3416, section 3: 1 tooBig, 2 noSuchName, 5 genErr, …),
    /// and the 1-based index of the object at fault, 0 when there is none.
    ///
    /// A conversation may ask for less, or differently, or give up.
    case error(status: Int, index: Int)
    /// No answer to this request within its time-out and retries, though the agent answered one before it.
    ///
    /// A conversation may ask for less, once; or give up.
    case silence
}

/// A dialogue with one agent, step by step.
package protocol Conversation {
    /// What to ask next; nil when the dialogue is over.
    mutating func nextRequest() -> SNMPRequest?
    /// Takes the answer to the request that `nextRequest` named.
    mutating func receive(_ reply: SNMPReply)
}
