import Basics
import MIB
import Metering
import Testing

@testable import Devices

/// What became of a dialogue, and what was asked.
private struct Dialogue {
    let reading: DeviceReading
    let plan: DevicePlan?
    let requests: [SNMPRequest]

    /// The dialogue with `fake` at `now`, by `plan` where there is one.
    init(_ fake: FakeDevice, plan: DevicePlan? = nil, now: Int64 = 1000) throws {
        var conversation = DeviceConversation(
            catalog: builtIn,
            hints: DeviceHints(),
            plan: plan,
            now: UnixTime(now)
        )
        let agent = RecordedAgent(fake.walk)
        var requests: [SNMPRequest] = []
        while let request = conversation.nextRequest() {
            requests.append(request)
            conversation.receive(agent.answer(request))
        }
        reading = try #require(conversation.result).get()
        self.plan = conversation.newPlan
        self.requests = requests
    }

    /// Whether nothing but single objects was asked for.
    var isQuick: Bool {
        requests.allSatisfy { if case .get = $0 { true } else { false } }
    }

    /// How many objects were asked for.
    var objectCount: Int {
        requests.reduce(0) { if case .get(let objects) = $1 { $0 + objects.count } else { $0 } }
    }
}

@Suite("What is learned of a device")
struct DevicePlanTests {
    private let fake = APC.switchedAndMetered()
    private let plan: DevicePlan

    init() throws {
        plan = try #require(try Dialogue(fake).plan)
    }

    @Test("lets the next poll ask for what moves, and gives the same reading")
    func nextPoll() throws {
        let first = try Dialogue(fake)
        let second = try Dialogue(fake, plan: plan, now: 1060)

        #expect(second.reading == first.reading)
        #expect(second.isQuick)
        // 24 outlets with state, amperes, watts and energy; the unit, its phase, two banks, a probe.
        #expect(second.objectCount < 24 * 4 + 24)
        #expect(second.requests.count <= 3)
        #expect(second.plan == nil)
    }

    @Test("shows what has changed")
    func change() throws {
        var later = fake
        later["\(APC.device).5.1"] = 222
        later["\(APC.switched).5.7"] = 2
        let reading = try Dialogue(later, plan: plan, now: 1060).reading
        let seventh = reading.elements.first { $0.element == Element(.outlet, 7) }

        #expect(reading.elements.first?.activePower == FixedPoint(2220))
        #expect(seventh?.state == .on)
    }

    @Test("comes back from bytes as it was, and from other bytes not at all")
    func bytes() throws {
        let kinds = DeviceKinds([plan.kind.key: plan.kind.bytes])
        let again = try #require(DevicePlan(plan.bytes, kinds: kinds))
        #expect(again.settled == plan.settled)
        #expect(again.pace == plan.pace)
        #expect(again.takenAt == plan.takenAt)
        #expect(again.kind.recipe == plan.kind.recipe)
        #expect(again.kind.moving == plan.kind.moving)
        #expect(again.kind.settled == plan.kind.settled)
        #expect(again.bytes == plan.bytes)
        #expect(DevicePlan(plan.bytes, kinds: DeviceKinds()) == nil)
        #expect(DevicePlan(plan.bytes + [0], kinds: kinds) == nil)
        // Of such a time no age can be worked out.
        for time in [Int64.min, -1, .max] {
            let untimely = plan.taken(at: UnixTime(time)).bytes
            #expect(DevicePlan(untimely, kinds: kinds) == nil)
        }
        for count in stride(from: 0, to: plan.bytes.count, by: 17) {
            #expect(DevicePlan(Array(plan.bytes.prefix(count)), kinds: kinds) == nil)
        }
        for count in stride(from: 0, to: plan.kind.bytes.count, by: 117) {
            #expect(DeviceKind(Array(plan.kind.bytes.prefix(count))) == nil)
        }
    }

    @Test("is given up when an object is gone, when another unit answers, and when the agent has restarted")
    func givenUp() throws {
        var withoutOutlet = fake
        withoutOutlet.remove(below: "\(APC.metered).7.24")
        var replaced = fake
        replaced["\(APC.rpdu2).2.1.9.1"] = "5A9999999999"
        replaced["\(APC.device).3.1"] = "another rack"
        var restarted = fake
        restarted["1.3.6.1.2.1.1.3.0"] = .timeTicks(60_00)
        restarted["\(APC.device).3.1"] = "renamed"

        for (device, name) in [
            (withoutOutlet, "rack-a1"), (replaced, "another rack"), (restarted, "renamed"),
        ] {
            let dialogue = try Dialogue(device, plan: plan, now: 1600)
            let expected = try read(device)
            #expect(dialogue.reading == expected)
            #expect(dialogue.reading.identity.name == name)
            #expect(dialogue.plan != nil)
        }
        restarted["1.3.6.1.2.1.1.3.0"] = .timeTicks(700_00)
        #expect(try Dialogue(restarted, plan: plan, now: 1600).isQuick)
    }

    @Test("is not used for another profile than it was made with")
    func otherProfile() throws {
        var conversation = DeviceConversation(
            catalog: builtIn,
            hints: DeviceHints(profile: "apc-rpdu"),
            plan: plan,
            now: UnixTime(1060)
        )

        #expect(conversation.nextRequest() == .get([Introduction.sysDescr, Introduction.sysObjectID]))
    }

    @Test("remembers how little an agent takes")
    func pace() throws {
        var conversation = DeviceConversation(
            catalog: builtIn,
            hints: DeviceHints(),
            plan: plan,
            now: UnixTime(1060)
        )
        let agent = RecordedAgent(fake.walk)
        while let request = conversation.nextRequest() {
            let isTooBig = if case .get(let objects) = request { objects.count > 20 } else { false }
            conversation.receive(isTooBig ? .error(status: 1, index: 0) : agent.answer(request))
        }
        let learned = try #require(conversation.newPlan)

        #expect(learned.pace.objects <= 20)
        #expect(try Dialogue(fake, plan: learned, now: 1120).plan == nil)
    }

    @Test("tells the next reading of everything what the agent can take")
    func formerPace() throws {
        var slow = plan
        slow.pace.stopBulk()
        var conversation = DeviceConversation(
            catalog: builtIn,
            hints: DeviceHints(),
            former: slow,
            now: UnixTime(1900)
        )
        let agent = RecordedAgent(fake.walk)
        while let request = conversation.nextRequest() {
            if case .getBulk = request { Issue.record("it was asked by GETBULK") }
            conversation.receive(agent.answer(request))
        }

        let reading = try conversation.result?.get()
        let expected = try read(fake)
        #expect(reading == expected)
    }

    @Test("asks for every alternative of a value, since another may be the first at the next poll")
    func alternatives() throws {
        let profile = """
            name: acme
            description: ACME PDUs
            recognise: { answers: 1.3.6.1.4.1.99999.1 }
            pdu:
              - entry: 1.3.6.1.4.1.99999.1.1
                index: [row]
                values:
                  power: [{ column: 4, absent: [0] }, { column: 6, plus: { column: 7, scale: 1000 } }]
            """
        let catalog = try ProfileCatalog.builtIn().adding([("acme.yaml", Array(profile.utf8))])
        func poll(_ unsigned: Int64, by plan: DevicePlan?) throws -> DeviceConversation {
            var device = FakeDevice(objectID: "1.3.6.1.4.1.99999", description: "ACME")
            device.row("1.3.6.1.4.1.99999.1.1", 1, [4: .integer(unsigned), 6: -5, 7: 0])
            var conversation = DeviceConversation(
                catalog: catalog,
                hints: DeviceHints(),
                plan: plan,
                now: UnixTime(1060)
            )
            RecordedAgent(device.walk).answer(&conversation)
            return conversation
        }
        let first = try poll(300, by: nil)
        let second = try poll(0, by: first.newPlan)
        let reading = try #require(try second.result?.get())

        #expect(second.requestCount == 1)
        #expect(reading.elements.first?.activePower == FixedPoint(-5))
    }
}
