// Reading single objects with GET, or what comes first below some with GETNEXT, as many at a time as the agent takes.

import MIB

/// Reads the values of a list of objects, step by step.
struct ObjectFetch: Sendable {
    /// What is asked of each object.
    enum Question: Hashable, Sendable {
        /// Its value.
        case value
        /// The first value below it.
        case firstBelow
    }

    /// What was read, by the object that was asked about; one that is not there, or has nothing below it, has no
    /// entry.
    private(set) var values: [ObjectIdentifier: SNMPValue] = [:]
    private var pending: [ObjectIdentifier]
    private var asked: [ObjectIdentifier] = []
    private var pace: Pace
    private let question: Question

    init(_ objects: [ObjectIdentifier], asking question: Question = .value, pace: Pace) {
        self.question = question
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
        return question == .value ? .get(asked) : .getNext(asked)
    }

    mutating func receive(_ reply: SNMPReply) throws(DeviceError) {
        switch reply {
        case .bindings(let bindings): try take(bindings)
        case .error(let status, let index): try cope(status: status, index: index)
        case .silence: try pace.slowDown(after: asked)
        }
    }

    private mutating func take(_ bindings: [VariableBinding]) throws(DeviceError) {
        guard bindings.count == asked.count,
            question == .firstBelow || zip(bindings, asked).allSatisfy({ $0.identifier == $1 })
        else {
            throw .badResponse("asked for \(asked.count) objects, it answered with others")
        }
        for (binding, object) in zip(bindings, asked) where !binding.value.isMissing {
            if binding.identifier.isWithin(object) { values[object] = binding.value }
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

extension SNMPValue {
    /// Whether it says that there is no such object.
    fileprivate var isMissing: Bool { self == .absent || self == .endOfView }
}

/// Error statuses (RFC 3416, section 3) that mean something to a conversation.
enum SNMPStatus {
    static let tooBig = 1
    static let noSuchName = 2
}
