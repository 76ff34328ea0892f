// Whether objects, columns or tables are there: what comes first below each, and of those with nothing below, whether
// they are objects themselves.

import MIB

/// Asks for the probes of profiles, step by step.
struct ProbeFetch: Sendable {
    private let probes: [ObjectIdentifier]
    private var below: ObjectFetch
    private var exact: ObjectFetch?

    init(_ probes: [ObjectIdentifier], pace: Pace) {
        self.probes = probes
        below = ObjectFetch(probes, asking: .firstBelow, pace: pace)
    }

    /// How hard the agent may be asked, as far as it has shown.
    var learnedPace: Pace { exact?.learnedPace ?? below.learnedPace }

    /// The first value at or below each probe; one that is not there has no entry.
    var values: [ObjectIdentifier: SNMPValue] {
        below.values.merging(exact?.values ?? [:]) { first, _ in first }
    }

    /// What to ask next; nil when everything is known.
    mutating func nextRequest() -> SNMPRequest? {
        if exact == nil {
            if let request = below.nextRequest() { return request }
            exact = ObjectFetch(probes.filter { below.values[$0] == nil }, pace: below.learnedPace)
        }
        return exact?.nextRequest()
    }

    mutating func receive(_ reply: SNMPReply) throws(DeviceError) {
        if exact == nil { try below.receive(reply) } else { try exact?.receive(reply) }
    }
}
