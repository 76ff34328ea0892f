import Basics
import MIB
import Metering
import TestSupport
import Testing

@testable import Devices

/// A dialogue with an agent that answers as `agent` says, given the request and its number from 1.
private func converse(
    hints: DeviceHints = DeviceHints(),
    _ agent: (SNMPRequest, Int) -> SNMPReply
) throws -> DeviceConversation {
    var conversation = DeviceConversation(catalog: builtIn, hints: hints)
    while let request = conversation.nextRequest() {
        conversation.receive(agent(request, conversation.requestCount))
    }
    return conversation
}

private let fake = APC.switchedAndMetered()
private let honest = RecordedAgent(fake.walk)

/// How many objects an answer to `request` may hold.
private func size(_ request: SNMPRequest) -> Int {
    switch request {
    case .get(let objects), .getNext(let objects): objects.count
    case .getBulk(let objects, let repetitions): objects.count * repetitions
    }
}

private func isBulk(_ request: SNMPRequest) -> Bool {
    if case .getBulk = request { true } else { false }
}

@Suite("The dialogue with a device")
struct DeviceConversationTests {
    let expected: DeviceReading

    init() throws {
        expected = try read(fake)
    }

    @Test("recognises and reads 24 switched and metered outlets in 14 requests of at most 64 objects")
    func economy() throws {
        var largest = 0
        let conversation = try converse { request, _ in
            largest = max(largest, size(request))
            return honest.answer(request)
        }

        #expect(try conversation.result?.get() == expected)
        #expect(conversation.requestCount <= 14)
        #expect(largest <= 64)
    }

    @Test("asks for more than twelve rows only after twelve came, and for no column that no profile wants")
    func modesty() throws {
        let wanted = try builtIn.profiles(for: nil).flatMap(\.sources).flatMap(\.columns).map(\.column)
        var most = 0
        _ = try converse { request, _ in
            if case .getBulk(let objects, let repetitions) = request {
                #expect(repetitions <= 12 || most >= 12)
                most = max(most, repetitions)
                #expect(objects.allSatisfy { object in wanted.contains { object.isWithin($0) } })
            }
            return honest.answer(request)
        }
    }

    @Test("asks for less when an answer would be too big", arguments: [1, 3, 10, 30])
    func tooBig(limit: Int) throws {
        let conversation = try converse { request, _ in
            size(request) > limit ? .error(status: 1, index: 0) : honest.answer(request)
        }

        #expect(try conversation.result?.get() == expected)
        #expect(conversation.requestCount <= DeviceConversation.mostRequests)
    }

    @Test("goes on where an answer was cut short", arguments: [1, 7, 20])
    func truncated(limit: Int) throws {
        let conversation = try converse { request, _ in
            guard isBulk(request), case .bindings(let bindings) = honest.answer(request) else {
                return honest.answer(request)
            }
            return .bindings(Array(bindings.prefix(limit)))
        }

        #expect(try conversation.result?.get() == expected)
    }

    @Test("goes on with GETNEXT when GETBULK fails", arguments: [5, 13])
    func noBulk(status: Int) throws {
        var bulkRequests = 0
        let conversation = try converse { request, _ in
            guard isBulk(request) else { return honest.answer(request) }
            bulkRequests += 1
            return .error(status: status, index: 0)
        }

        #expect(try conversation.result?.get() == expected)
        #expect(bulkRequests == 1)
    }

    @Test("goes on with GETNEXT, and less of it, when a GETBULK meets silence")
    func silentBulk() throws {
        let conversation = try converse { request, _ in
            isBulk(request) ? .silence : honest.answer(request)
        }

        #expect(try conversation.result?.get() == expected)
    }

    @Test("gives up when silence goes on, and says so")
    func silence() throws {
        let conversation = try converse { request, number in number == 1 ? honest.answer(request) : .silence }

        #expect(conversation.result?.failure?.reason == .timeout)
        #expect(conversation.requestCount == 4)
    }

    @Test("reads an SNMPv1 agent, which has no GETBULK and answers noSuchName for what is not there")
    func version1() throws {
        let conversation = try converse { request, _ in
            switch request {
            case .get(let objects):
                if let missing = objects.firstIndex(where: { honest.walk[$0] == nil }) {
                    return .error(status: 2, index: missing + 1)
                }
                return honest.answer(request)
            case .getNext(let objects), .getBulk(let objects, _):
                guard case .bindings(let bindings) = honest.answer(.getNext(objects)) else { return .silence }
                if let end = bindings.firstIndex(where: { $0.value == .endOfView }) {
                    return .error(status: 2, index: end + 1)
                }
                return .bindings(bindings)
            }
        }

        #expect(try conversation.result?.get() == expected)
    }

    @Test("leaves out a column that the agent cannot give")
    func brokenColumn() throws {
        let names = try #require(ObjectIdentifier(APC.switched + ".3"))
        let conversation = try converse { request, _ in
            switch request {
            case .getBulk: return .error(status: 5, index: 0)
            case .getNext(let objects):
                guard let fault = objects.firstIndex(where: { $0.isWithin(names) }) else {
                    return honest.answer(request)
                }
                return .error(status: 5, index: fault + 1)
            case .get: return honest.answer(request)
            }
        }
        let outlet = try #require(try conversation.result?.get().elements.last)

        #expect(outlet.name == "Server 24")
        #expect(outlet.state == .on)
    }

    @Test("notices an agent that answers the same object for ever")
    func loop() throws {
        let stuck = try #require(ObjectIdentifier(APC.switched + ".4.3"))
        let conversation = try converse { request, _ in
            guard case .bindings(let bindings) = honest.answer(request), !request.isGet else {
                return honest.answer(request)
            }
            return .bindings(bindings.map { $0.identifier > stuck ? VariableBinding(stuck, 3) : $0 })
        }
        let failure = try #require(conversation.result?.failure)

        #expect(failure.reason == .badResponse)
        #expect(failure.description.contains("\(stuck)"))
    }

    @Test("ends with an agent whose tables never end")
    func endless() throws {
        let conversation = try converse { request, _ in
            switch request {
            case .get: return honest.answer(request)
            case .getNext(let objects), .getBulk(let objects, _):
                return .bindings(
                    objects.map { object in
                        var next = object.components
                        next[next.count - 1] += 1
                        let isColumn = next.count < 16
                        return VariableBinding(ObjectIdentifier(isColumn ? object.components + [1] : next), 1)
                    }
                )
            }
        }

        #expect(conversation.result?.failure?.reason == .badResponse)
        #expect(conversation.requestCount <= DeviceConversation.mostRequests)
    }

    @Test("refuses answers to other questions, and too many of them")
    func otherAnswers() throws {
        let other = VariableBinding(ObjectIdentifier([1, 3, 6]), 1)
        let wrong = try converse { _, _ in .bindings([other]) }
        let many = try converse { request, _ in
            isBulk(request) ? .bindings(Array(repeating: other, count: 100)) : honest.answer(request)
        }

        #expect(wrong.result?.failure?.reason == .badResponse)
        #expect(many.result?.failure?.reason == .badResponse)
    }

    @Test("always ends with a result, whatever the agent says", arguments: 0..<UInt64(60))
    func nonsense(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let conversation = try converse { request, number in
            if number == 1 || Int.random(in: 0..<4, using: &random) > 0 { return honest.answer(request) }
            return nonsensical(honest.answer(request), &random)
        }

        #expect(conversation.result != nil)
        #expect(conversation.requestCount <= DeviceConversation.mostRequests)
    }

    private func nonsensical(_ reply: SNMPReply, _ random: inout SeededGenerator) -> SNMPReply {
        guard case .bindings(var bindings) = reply else { return reply }
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            return .error(
                status: Int.random(in: -1...20, using: &random),
                index: Int.random(in: -2...60, using: &random)
            )
        case 1: return .silence
        case 2: bindings.shuffle(using: &random)
        case 3: bindings.removeLast(Int.random(in: 0...bindings.count, using: &random))
        default:
            let values: [SNMPValue] = [
                .integer(.min), .integer(.max), .unsigned(.max), .octets([0xFF, 0xFE]), .null, .absent,
                .endOfView,
                .address([]), .timeTicks(.max), .identifier(ObjectIdentifier([])),
            ]
            bindings = bindings.map { binding in
                Bool.random(using: &random)
                    ? binding
                    : VariableBinding(binding.identifier, values.randomElement(using: &random) ?? .null)
            }
        }
        return .bindings(bindings)
    }
}

extension SNMPRequest {
    fileprivate var isGet: Bool {
        if case .get = self { true } else { false }
    }
}

extension Result {
    /// The failure, if it is one.
    var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
