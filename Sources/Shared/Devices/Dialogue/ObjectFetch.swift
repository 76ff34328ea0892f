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

    private let objects: [ObjectIdentifier]
    /// What was read, in the order of the objects; nil of one that is not there, or has nothing below it.
    private(set) var answers: [SNMPValue?]
    /// What is still to be asked, by the places of the objects.
    private var pending: [Int]
    private var asked: [Int] = []
    /// What the agent failed on, as it said itself; asked alone, at the end.
    private var suspects: [Int] = []
    private var failures = 0
    /// The bytes of the values so far, and how many they are.
    private var valueBytes = 0
    private var valueCount = 0
    private var pace: Pace
    private let question: Question

    init(_ objects: [ObjectIdentifier], asking question: Question = .value, pace: Pace) {
        var seen: Set<ObjectIdentifier> = []
        self.init(distinct: objects.filter { seen.insert($0).inserted }, asking: question, pace: pace)
    }

    /// A fetch of `objects`, of which none is there twice.
    init(distinct objects: [ObjectIdentifier], asking question: Question = .value, pace: Pace) {
        self.question = question
        self.objects = objects
        answers = Array(repeating: nil, count: objects.count)
        pending = Array(objects.indices)
        self.pace = pace
    }

    /// What was read, by the object that was asked about; one that is not there, or has nothing below it, has no
    /// entry.
    var values: [ObjectIdentifier: SNMPValue] {
        var values: [ObjectIdentifier: SNMPValue] = [:]
        for (object, answer) in zip(objects, answers) { values[object] = answer }
        return values
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
        let named = askedObjects
        return question == .value ? .get(named) : .getNext(named)
    }

    private var askedObjects: [ObjectIdentifier] {
        asked.count == objects.count ? objects : asked.map { objects[$0] }
    }

    /// As many of what is pending as fit one answer; one at least.
    private var fitting: [Int] {
        // Most values are as large as those before; of those to come first nothing is known.
        let value = valueCount == 0 ? MessageSize.ofNumber : (valueBytes + valueCount - 1) / valueCount
        let index = question == .firstBelow ? 4 : 0
        var size = 0
        let fitting = pending.prefix(pace.objects).prefix { object in
            size += MessageSize.binding(objects[object], value: value) + index
            return size <= MessageSize.mostOfObjects
        }
        return fitting.isEmpty ? Array(pending.prefix(1)) : Array(fitting)
    }

    mutating func receive(_ reply: SNMPReply) throws(DeviceError) {
        switch reply {
        case .bindings(let bindings): try take(bindings)
        case .error(let status, let index): try cope(status: status, index: index)
        case .silence: try pace.slowDown(after: askedObjects)
        }
    }

    private mutating func take(_ bindings: [VariableBinding]) throws(DeviceError) {
        guard bindings.count == asked.count,
            question == .firstBelow || zip(bindings, asked).allSatisfy({ $0.identifier == objects[$1] })
        else {
            throw .badResponse("asked for \(asked.count) objects, it answered with others")
        }
        failures = 0
        for (binding, object) in zip(bindings, asked) where !binding.value.isMissing {
            if question == .value || binding.identifier.isWithin(objects[object]) {
                answers[object] = binding.value
            }
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
                throw .badResponse(
                    "it says that the answer about the single object \(objects[asked[0]]) is too big"
                )
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
