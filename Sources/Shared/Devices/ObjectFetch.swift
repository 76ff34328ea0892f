// Reading single objects with GET, as many at a time as the agent takes.

import MIB

/// Reads the values of a list of objects, step by step.
struct ObjectFetch: Sendable {
    /// What was read; an object that is not there has no entry.
    private(set) var values: [ObjectIdentifier: SNMPValue] = [:]
    private var pending: [ObjectIdentifier]
    private var asked: [ObjectIdentifier] = []
    private var pace: Pace

    init(_ objects: [ObjectIdentifier], pace: Pace) {
        var seen: Set<ObjectIdentifier> = []
        pending = objects.filter { seen.insert($0).inserted }
        self.pace = pace
    }

    /// How hard the agent may be asked, as far as it has shown.
    var learnedPace: Pace { pace }

    /// What to ask next; nil when everything was read.
    mutating func nextRequest() -> SNMPRequest? {
        guard !pending.isEmpty else { return nil }
        asked = Array(pending.prefix(pace.objects))
        return .get(asked)
    }

    mutating func receive(_ reply: SNMPReply) throws(DeviceError) {
        switch reply {
        case .bindings(let bindings): try take(bindings)
        case .error(let status, let index): try cope(status: status, index: index)
        case .silence: try pace.slowDown(after: asked)
        }
    }

    private mutating func take(_ bindings: [VariableBinding]) throws(DeviceError) {
        guard bindings.map(\.identifier) == asked else {
            throw .badResponse("asked for \(asked.count) objects, it answered with others")
        }
        for binding in bindings where binding.value != .absent && binding.value != .endOfView {
            values[binding.identifier] = binding.value
        }
        pending.removeFirst(asked.count)
    }

    /// An error with an index is about that object, which is then done without; SNMPv1 says noSuchName so.
    private mutating func cope(status: Int, index: Int) throws(DeviceError) {
        if status != SNMPStatus.tooBig, asked.indices.contains(index - 1) {
            pending.remove(at: index - 1)
        } else if asked.count > 1 {
            pace.narrow(from: asked.count)
        } else if status == SNMPStatus.tooBig {
            throw .badResponse("it says that the answer about the single object \(asked[0]) is too big")
        } else {
            pending.removeFirst()
        }
    }
}

/// Error statuses (RFC 3416, section 3) that mean something to a conversation.
enum SNMPStatus {
    static let tooBig = 1
    static let noSuchName = 2
}
