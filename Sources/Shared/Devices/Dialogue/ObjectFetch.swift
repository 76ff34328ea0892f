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
    /// What the agent failed on, as it said itself; asked alone, at the end.
    private var suspects: [ObjectIdentifier] = []
    private var failures = 0
    /// The bytes of the values so far, and how many they are.
    private var valueBytes = 0
    private var valueCount = 0
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
        if pending.isEmpty, let suspect = suspects.popLast() {
            pending = [suspect]
        }
        guard !pending.isEmpty else { return nil }
        asked = fitting
        return question == .value ? .get(asked) : .getNext(asked)
    }

    /// As many of what is pending as fit one answer; one at least.
    private var fitting: [ObjectIdentifier] {
        // Most values are as large as those before; of those to come first nothing is known.
        let value = valueCount == 0 ? MessageSize.ofNumber : (valueBytes + valueCount - 1) / valueCount
        let index = question == .firstBelow ? 4 : 0
        var size = 0
        let fitting = pending.prefix(pace.objects).prefix { object in
            size += MessageSize.binding(object, value: value) + index
            return size <= MessageSize.mostOfObjects
        }
        return fitting.isEmpty ? Array(pending.prefix(1)) : Array(fitting)
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
        failures = 0
        for (binding, object) in zip(bindings, asked) where !binding.value.isMissing {
            if binding.identifier.isWithin(object) { values[object] = binding.value }
            valueBytes += binding.value.encodedSize
            valueCount += 1
        }
        pending.removeFirst(asked.count)
        pace.widen(after: asked.count)
    }

    /// SNMPv1 says noSuchName of one object, which is then done without.
    private mutating func cope(status: Int, index: Int) throws(DeviceError) {
        if status == SNMPStatus.tooBig {
            guard asked.count > 1 else {
                throw .badResponse("it says that the answer about the single object \(asked[0]) is too big")
            }
            pace.narrow(from: asked.count)
        } else if asked.count == 1 {
            pending.removeFirst()
        } else if status == SNMPStatus.noSuchName, asked.indices.contains(index - 1) {
            pending.remove(at: index - 1)
        } else {
            fail(at: index)
        }
    }

    /// After an error about several objects: the one at fault is asked alone, later, since some agents name the first
    /// whatever the matter is; when it goes on, less is asked.
    private mutating func fail(at index: Int) {
        failures += 1
        if asked.indices.contains(index - 1) { suspects.append(pending.remove(at: index - 1)) }
        if failures > 1 || !asked.indices.contains(index - 1) { pace.narrow(from: asked.count) }
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
