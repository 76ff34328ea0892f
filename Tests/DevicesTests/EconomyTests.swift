import Basics
import MIB
import Metering
import Testing

@testable import Devices

/// A large agent, what must be read of it, and what that may cost.
private struct Device: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let walk: RecordedWalk
    let objects: ClosedRange<Int>
    let outlets: Int
    /// The most requests of the first reading, and of one by a plan.
    let first: Int
    let known: Int
}

private let devices = [
    Device(
        testDescription: "Raritan PX4 with 36 outlets",
        walk: LargeAgent.raritan().walk,
        objects: 20_000...30_000,
        outlets: 36,
        first: 50,
        known: 13
    ),
    Device(
        testDescription: "APC rPDU2 with 48 outlets",
        walk: LargeAgent.apc().walk,
        objects: 3000...5000,
        outlets: 48,
        first: 36,
        known: 6
    ),
    Device(
        testDescription: "Eaton G3 with 42 outlets",
        walk: LargeAgent.eaton().walk,
        objects: 2000...5000,
        outlets: 42,
        first: 36,
        known: 9
    ),
    Device(
        testDescription: "Sentry4 with 48 outlets",
        walk: LargeAgent.sentry4().walk,
        objects: 4000...6000,
        outlets: 48,
        first: 28,
        known: 9
    ),
]

/// A dialogue that has ended, and what it cost.
private struct Cost {
    let reading: DeviceReading
    let plan: DevicePlan?
    let requests: Int
    /// The objects that were answered.
    let objects: Int
    /// The bytes of the largest answer's variable bindings.
    let largest: Int

    init(_ walk: RecordedWalk, plan: DevicePlan? = nil) throws {
        var conversation = DeviceConversation(
            catalog: builtIn,
            hints: DeviceHints(),
            plan: plan,
            now: UnixTime(1000)
        )
        let agent = RecordedAgent(walk)
        var objects = 0
        var largest = 0
        while let request = conversation.nextRequest() {
            let reply = agent.answer(request)
            if case .bindings(let bindings) = reply {
                objects += bindings.count
                largest = max(largest, encodedSize(of: bindings))
            }
            conversation.receive(reply)
        }
        reading = try #require(conversation.result).get()
        self.plan = conversation.newPlan
        requests = conversation.requestCount
        self.objects = objects
        self.largest = largest
    }

    var words: Comment { "\(requests) requests, \(objects) objects, \(largest) bytes at most" }
}

/// The bytes of `bindings` in a message (X.690, section 8).
private func encodedSize(of bindings: [VariableBinding]) -> Int {
    func whole(_ content: Int) -> Int { content + (content < 128 ? 2 : content < 256 ? 3 : 4) }
    func identifier(_ identifier: ObjectIdentifier) -> Int {
        whole(identifier.components.dropFirst(2).reduce(1) { $0 + (32 - $1.leadingZeroBitCount + 6) / 7 })
    }
    return bindings.reduce(0) { sum, binding in
        let value =
            switch binding.value {
            case .integer(let number): (65 - (number < 0 ? ~number : number).leadingZeroBitCount + 7) / 8
            case .unsigned(let number): (65 - number.leadingZeroBitCount + 7) / 8
            case .timeTicks(let ticks): (33 - ticks.leadingZeroBitCount + 7) / 8
            case .octets(let bytes), .address(let bytes): bytes.count
            case .identifier(let object): identifier(object) - 2
            case .null, .absent, .endOfView: 0
            }
        return sum + whole(identifier(binding.identifier) + whole(value))
    }
}

@Suite("The cost of reading the largest PDUs")
struct EconomyTests {
    @Test("is modest", arguments: devices)
    private func economy(device: Device) throws {
        let first = try Cost(device.walk)
        let plan = try #require(first.plan)
        let known = try Cost(device.walk, plan: plan)
        // The figures of docs/profiles.md.
        print(
            "\(device.testDescription), \(device.walk.bindings.count) objects:",
            first.words,
            "known:",
            known.words
        )

        #expect(device.objects.contains(device.walk.bindings.count), "\(device.walk.bindings.count)")
        #expect(first.reading.elements.count { $0.element.kind == .outlet } == device.outlets)
        #expect(known.reading == first.reading)
        #expect(first.requests <= device.first, first.words)
        #expect(known.requests <= device.known, known.words)
        // The sizes of values that were not read yet are guessed.
        #expect(first.largest <= 1300, first.words)
        #expect(known.largest <= 1300, known.words)
    }
}
