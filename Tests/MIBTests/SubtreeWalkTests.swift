import MIB
import Testing

private func object(_ numbers: UInt32...) -> ObjectIdentifier { ObjectIdentifier(numbers) }

private func binding(_ identifier: ObjectIdentifier) -> VariableBinding {
    VariableBinding(identifier, .integer(Int64(identifier.components.last ?? 0)))
}

/// 1.3.1.1 to 1.3.1.100, 1.3.2.1 to 1.3.2.3, 1.3.3.
private let agent = RecordedAgent(
    RecordedWalk(
        (1...100).map { binding(object(1, 3, 1, $0)) } + (1...3).map { binding(object(1, 3, 2, $0)) }
            + [binding(object(1, 3, 3))]
    )
)

/// Carries on `walk` with whatever `answer` says, for 1000 requests at most.
private func carryOn(_ walk: inout SubtreeWalk, _ answer: (SNMPRequest) -> SNMPReply) -> [SNMPRequest] {
    var requests: [SNMPRequest] = []
    while requests.count < 1000, let request = walk.nextRequest() {
        requests.append(request)
        walk.receive(answer(request))
    }
    return requests
}

private func size(_ request: SNMPRequest) -> Int {
    if case .getBulk(_, let repetitions) = request { repetitions } else { 1 }
}

@Suite("Walking subtrees")
struct SubtreeWalkTests {
    @Test("reads each object once, though subtrees overlap, and nothing else")
    func wholeSubtrees() {
        var walk = SubtreeWalk([object(1, 3, 2), object(1, 3, 1), object(1, 3, 1, 5), object(1, 3, 9)])
        agent.answer(&walk)

        #expect(walk.bindings == agent.walk.bindings.filter { $0.identifier != object(1, 3, 3) })
        #expect(walk.shortfalls.isEmpty)
    }

    @Test("reads a single object, too")
    func singleObject() {
        var walk = SubtreeWalk([object(1, 3, 3), object(1, 3, 2, 2)])
        agent.answer(&walk)

        #expect(walk.bindings.map(\.identifier) == [object(1, 3, 2, 2), object(1, 3, 3)])
    }

    @Test("goes around what is not wanted")
    func exclusion() {
        var walk = SubtreeWalk([object(1, 3)], excluding: [object(1, 3, 1)])
        agent.answer(&walk)

        #expect(walk.bindings == agent.walk.bindings.suffix(4))
        #expect(walk.requestCount < 5)
    }

    @Test("asks for less until the answers fit")
    func tooBig() {
        var walk = SubtreeWalk([object(1, 3)])
        let requests = carryOn(&walk) { size($0) > 5 ? .error(status: 1, index: 0) : agent.answer($0) }

        #expect(walk.bindings == agent.walk.bindings)
        #expect(requests.prefix(4).map(size) == [24, 12, 6, 3])
        #expect(walk.shortfalls.isEmpty)
    }

    @Test("goes on without GETBULK where that is met with silence, or with an error", arguments: [nil, 5])
    func noBulk(status: Int?) {
        var walk = SubtreeWalk([object(1, 3)])
        let requests = carryOn(&walk) { request in
            guard case .getBulk = request else { return agent.answer(request) }
            return status.map { .error(status: $0, index: 1) } ?? .silence
        }

        #expect(walk.bindings == agent.walk.bindings)
        #expect(requests.count { size($0) > 1 } <= 2)
    }

    @Test("is content with cut answers")
    func cutAnswers() {
        var walk = SubtreeWalk([object(1, 3)])
        _ = carryOn(&walk) { request in
            guard case .bindings(let bindings) = agent.answer(request) else { return .silence }
            return .bindings(Array(bindings.prefix(2)))
        }

        #expect(walk.bindings == agent.walk.bindings)
    }

    @Test("takes SNMPv1's error for the end")
    func firstVersion() {
        var walk = SubtreeWalk([object(1, 3, 2), object(1, 3, 3)])
        _ = carryOn(&walk) { request in
            guard case .bindings(let bindings) = agent.answer(request), let first = bindings.first,
                first.value != .endOfView
            else { return .error(status: 2, index: 1) }
            return .bindings([first])
        }

        #expect(walk.bindings.map(\.identifier).last == object(1, 3, 3))
        #expect(walk.shortfalls.isEmpty)
    }

    @Test("leaves a subtree in which the agent goes round in circles")
    func circles() {
        var walk = SubtreeWalk([object(1, 3, 1), object(1, 3, 2)])
        let requests = carryOn(&walk) { request in
            guard case .getBulk(let cursors, _) = request, cursors.first?.isWithin(object(1, 3, 1)) == true
            else {
                return agent.answer(request)
            }
            return .bindings([
                binding(object(1, 3, 1, 7)), binding(object(1, 3, 1, 8)), binding(object(1, 3, 1, 7)),
            ])
        }

        #expect(
            walk.bindings.map(\.identifier) == [object(1, 3, 1, 7), object(1, 3, 1, 8)]
                + (1...3).map { object(1, 3, 2, $0) }
        )
        #expect(walk.shortfalls.map(\.subtree) == [object(1, 3, 1)])
        #expect(walk.shortfalls.first?.reason.contains("in circles") == true)
        #expect(requests.count < 10)
    }

    @Test("ends at its limit, and when the agent falls silent for good")
    func ends() {
        var limited = SubtreeWalk([object(1, 3, 1), object(1, 3, 2)], limit: 50)
        agent.answer(&limited)
        #expect(limited.bindings.count == 50)
        #expect(limited.shortfalls.first?.reason.contains("50 objects") == true)

        var silenced = SubtreeWalk([object(1, 3, 1), object(1, 3, 2)])
        var answers = 1
        let requests = carryOn(&silenced) { request in
            answers -= 1
            return answers >= 0 ? agent.answer(request) : .silence
        }
        #expect(silenced.bindings.count == 24)
        #expect(requests.count == 5)
        #expect(silenced.shortfalls.first?.reason.contains("no answer") == true)
    }

    @Test("never goes on for ever with an agent that answers nothing of use", arguments: 0..<3)
    func nonsense(kind: Int) {
        var walk = SubtreeWalk([object(1, 3, 1), object(1, 3, 2)])
        let requests = carryOn(&walk) { _ in
            switch kind {
            case 0: .bindings([])
            case 1: .error(status: 5, index: 0)
            default: .error(status: 1, index: 0)
            }
        }

        #expect(requests.count < 20)
        #expect(walk.bindings.isEmpty)
        #expect(walk.shortfalls.count == 2)
    }
}
