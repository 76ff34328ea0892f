// Reading whole subtrees of an agent, whatever is in them, for a recording. Agents in PDUs are small and have their
// faults, so the walk asks for less when an answer was too big or did not come, and never trusts an agent to end.

/// Reads every object of some subtrees, step by step.
package struct SubtreeWalk: Conversation, Sendable {
    /// Why a subtree was not read to its end.
    package struct Shortfall: Hashable, Sendable {
        /// The subtree, or the first one that was left out.
        package let subtree: ObjectIdentifier
        /// What happened, in words.
        package let reason: String
    }

    /// The most objects that a walk reads: four times what the largest PDUs have.
    package static let mostObjects = 200_000

    /// What was read so far, in the order of the agent's answers.
    package private(set) var bindings: [VariableBinding] = []
    /// What was not read, and why; empty when all was.
    package private(set) var shortfalls: [Shortfall] = []
    /// How many requests were made so far.
    package private(set) var requestCount = 0

    private let excluded: [ObjectIdentifier]
    private let limit: Int
    private let onProgress: (@Sendable (_ objects: Int) -> Void)?
    private var pending: ArraySlice<ObjectIdentifier>
    private var cursor: ObjectIdentifier?
    private var pace = WalkPace()
    /// Whether the subtree at hand turned out to be empty, and may be a single object.
    private var isSingleObject = false
    private var objectsBefore = 0

    /// A walk of `subtrees`, of which those that lie within others count once, around the subtrees `excluded`, which
    /// are no single objects.
    ///
    /// `onProgress` is told after each answer how many objects have been read.
    package init(
        _ subtrees: [ObjectIdentifier],
        excluding excluded: [ObjectIdentifier] = [],
        limit: Int = SubtreeWalk.mostObjects,
        onProgress: (@Sendable (_ objects: Int) -> Void)? = nil
    ) {
        var outermost: [ObjectIdentifier] = []
        for subtree in subtrees.sorted() where !outermost.contains(where: subtree.isWithin) {
            outermost.append(subtree)
        }
        pending = outermost[...]
        self.excluded = excluded
        self.limit = limit
        self.onProgress = onProgress
    }

    package mutating func nextRequest() -> SNMPRequest? {
        guard let subtree = pending.first else { return nil }
        requestCount += 1
        if isSingleObject { return .get([subtree]) }
        let cursor = cursor ?? subtree
        return pace.repetitions > 1 ? .getBulk([cursor], repetitions: pace.repetitions) : .getNext([cursor])
    }

    package mutating func receive(_ reply: SNMPReply) {
        guard let subtree = pending.first else { return }
        switch reply {
        case .bindings(let answered): take(answered, of: subtree)
        case .error(let status, _): cope(status: status, of: subtree)
        case .silence:
            guard !pace.slowDown() else { return }
            // The others would meet the same.
            let place = cursor ?? subtree
            giveUp("no answer about what comes after \(place), though it answered before", andAll: true)
        }
    }

    private mutating func take(_ answered: [VariableBinding], of subtree: ObjectIdentifier) {
        pace.answered()
        if isSingleObject {
            if let binding = answered.first, binding.identifier == subtree, Self.isThere(binding.value) {
                bindings.append(binding)
            }
            return nextSubtree()
        }
        guard !answered.isEmpty else {
            if !pace.narrow() { giveUp("it answered without any object") }
            return
        }
        for binding in answered {
            guard binding.identifier.isWithin(subtree), Self.isThere(binding.value) else { return finish() }
            let place = cursor ?? subtree
            guard binding.identifier > place else {
                return giveUp("it goes round in circles: after \(place) it gave \(binding.identifier)")
            }
            if let unwanted = excluded.first(where: { binding.identifier.isWithin($0) }),
                let next = Self.sibling(after: unwanted), next > place
            {
                cursor = next
                break
            }
            guard bindings.count < limit else {
                return giveUp("the walk ends after \(limit) objects", andAll: true)
            }
            bindings.append(binding)
            cursor = binding.identifier
        }
        onProgress?(bindings.count)
    }

    private mutating func cope(status: Int, of subtree: ObjectIdentifier) {
        pace.answered()
        if isSingleObject { return nextSubtree() }
        // SNMPv1 says noSuchName where its view ends.
        if status == SNMPErrorStatus.noSuchName { return finish() }
        let isTooBig = status == SNMPErrorStatus.tooBig
        if isTooBig ? pace.narrow() : pace.stopBulk() { return }
        let place = cursor ?? subtree
        giveUp(
            isTooBig
                ? "what comes after \(place) is too big for it"
                : "it answers with error \(status) after \(place)"
        )
    }

    /// Ends the subtree; one without any object may be an object itself.
    private mutating func finish() {
        if bindings.count == objectsBefore {
            isSingleObject = true
        } else {
            nextSubtree()
        }
    }

    private mutating func giveUp(_ reason: String, andAll: Bool = false) {
        guard let subtree = pending.first else { return }
        shortfalls.append(Shortfall(subtree: subtree, reason: reason))
        if andAll { pending = [] } else { nextSubtree() }
    }

    private mutating func nextSubtree() {
        pending = pending.dropFirst()
        cursor = nil
        isSingleObject = false
        objectsBefore = bindings.count
    }

    /// Where to go on after all of `subtree`.
    private static func sibling(after subtree: ObjectIdentifier) -> ObjectIdentifier? {
        guard let last = subtree.components.last, last < .max else { return nil }
        return ObjectIdentifier(subtree.components.dropLast() + [last + 1])
    }

    private static func isThere(_ value: SNMPValue) -> Bool { value != .absent && value != .endOfView }
}

/// How much one request of a walk asks for; what was learned of the agent only ever gets less.
private struct WalkPace: Sendable {
    /// 24 objects make an answer that mostly still fits one Ethernet frame.
    private(set) var repetitions = 24
    private var silences = 0

    /// Asks for half of what was too much; false when that was one object already.
    mutating func narrow() -> Bool {
        guard repetitions > 1 else { return false }
        repetitions /= 2
        return true
    }

    /// Goes on with GETNEXT; false when it was that already.
    mutating func stopBulk() -> Bool {
        guard repetitions > 1 else { return false }
        repetitions = 1
        return true
    }

    /// Copes with silence: a quarter, then GETNEXT, then once more; false when that did not help either.
    mutating func slowDown() -> Bool {
        silences += 1
        repetitions = silences == 1 ? max(1, repetitions / 4) : 1
        return silences <= 3
    }

    /// Silences count as long as no answer comes between them.
    mutating func answered() {
        silences = 0
    }
}

/// Error statuses that a walk knows (RFC 3416, section 3).
private enum SNMPErrorStatus {
    static let tooBig = 1
    static let noSuchName = 2
}
