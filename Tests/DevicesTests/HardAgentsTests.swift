import MIB
import Metering
import Testing

@testable import Devices

/// What an agent makes of a request, given what an honest one would answer and the request's number from 1.
private typealias Habit = @Sendable (SNMPRequest, SNMPReply, Int) -> SNMPReply

/// A dialogue with the agent of a device that has a habit.
private struct Encounter {
    let result: Result<DeviceReading, DeviceError>
    let requests: Int
    let plan: DevicePlan?

    init(_ walk: RecordedWalk, plan: DevicePlan? = nil, _ habit: Habit) throws {
        var conversation = DeviceConversation(catalog: builtIn, hints: DeviceHints(), plan: plan)
        let agent = RecordedAgent(walk)
        while let request = conversation.nextRequest() {
            conversation.receive(habit(request, agent.answer(request), conversation.requestCount))
        }
        result = try #require(conversation.result)
        requests = conversation.requestCount
        self.plan = conversation.newPlan
    }
}

extension SNMPRequest {
    /// The objects that it names.
    fileprivate var objects: [ObjectIdentifier] {
        switch self {
        case .get(let objects), .getNext(let objects), .getBulk(let objects, _): objects
        }
    }

    /// How many objects an answer may hold.
    fileprivate var size: Int {
        if case .getBulk(let objects, let repetitions) = self {
            objects.count * repetitions
        } else {
            objects.count
        }
    }

    fileprivate var isBulk: Bool {
        if case .getBulk = self { true } else { false }
    }

    fileprivate var isGet: Bool {
        if case .get = self { true } else { false }
    }
}

/// Devices of three shapes: flat tables, tables with a kind in the index, single objects.
private let devices: [RecordedWalk] = [APC.switchedAndMetered().walk, kinds.walk, singles.walk]

/// A PX4 of two outlets, with more kinds of sensors than are read.
private let kinds: FakeDevice = {
    let mib = "1.3.6.1.4.1.13742.6"
    var fake = FakeDevice(objectID: mib, description: "PX4 - PDU, MD:PX4-5860 HW:1 FW:4.2.0")
    fake["\(mib).3.2.1.1.4.1"] = "1LX0000001"
    for kind in [1, 4, 5, 6, 8, 23] {
        fake["\(mib).3.3.4.1.7.1.1.\(kind)"] = .unsigned(kind == 1 ? 1 : 0)
        fake["\(mib).5.2.3.1.3.1.1.\(kind)"] = 4
        fake["\(mib).5.2.3.1.4.1.1.\(kind)"] = .unsigned(UInt64(10 * kind))
    }
    for outlet in 1...4 {
        fake["\(mib).3.5.3.1.3.1.\(outlet)"] = .octets(Array("web \(outlet)".utf8))
        for kind in [1, 2, 4, 5, 6, 8, 9, 14, 23, 24, 28, 29, 30] {
            fake["\(mib).3.5.4.1.7.1.\(outlet).\(kind)"] = .unsigned(kind == 1 ? 3 : 0)
            fake["\(mib).5.4.3.1.3.1.\(outlet).\(kind)"] = kind == 14 ? 7 : 4
            fake["\(mib).5.4.3.1.4.1.\(outlet).\(kind)"] = .unsigned(UInt64(100 * outlet + kind))
        }
    }
    return fake
}()

/// A DigiPower unit of eight outlets.
private let singles: FakeDevice = {
    let mib = "1.3.6.1.4.1.17420.1.2"
    var fake = FakeDevice(objectID: "1.3.6.1.4.1.17420", description: "IP PDU")
    fake["\(mib).3.0"] = "00:92:58:00:00:01"
    fake["\(mib).4.0"] = "SWH-1.04"
    fake["\(mib).7.0"] = 24
    fake["\(mib).8.0"] = 45
    fake["\(mib).9.1.11.0"] = 23
    fake["\(mib).9.1.13.0"] = "1,1,0,1,1,1,0,1"
    fake["\(mib).9.1.15.0"] = 100
    fake["\(mib).9.1.16.0"] = 140
    fake["\(mib).9.1.17.0"] = 230
    fake["\(mib).9.1.19.0"] = "SWH-1023"
    for outlet in 1...8 {
        fake["\(mib).9.1.14.\(outlet).0"] = .octets(Array("Outlet \(outlet),0,0,0,0".utf8))
    }
    return fake
}()

/// Answers by SNMPv1: without GETBULK, and with one error for a request of which one object is not there.
private let version1: Habit = { request, reply, _ in
    guard case .bindings(let bindings) = reply else { return reply }
    let row = Array(bindings.prefix(request.objects.count))
    if let missing = row.firstIndex(where: { $0.value == .absent || $0.value == .endOfView }) {
        return .error(status: 2, index: missing + 1)
    }
    return .bindings(row)
}

@Suite("An agent that is hard to read")
struct HardAgentsTests {
    /// The reading is complete.
    private func expectComplete(_ walk: RecordedWalk, _ habit: Habit) throws {
        let honest = try Encounter(walk) { _, reply, _ in reply }
        let encounter = try Encounter(walk, habit)
        #expect(try encounter.result.get() == honest.result.get())
        let plan = try #require(honest.plan)
        let known = try Encounter(walk, plan: plan, habit)
        #expect(try known.result.get() == honest.result.get())
        // What was learned of it is enough for a reading of the same kind.
        let again = try Encounter(walk, plan: known.plan ?? plan, habit)
        #expect(try again.result.get() == honest.result.get())
        #expect(again.requests <= known.requests)
    }

    @Test(
        "because answers are too big is read in smaller ones",
        arguments: devices.indices,
        [1, 2, 7, 20, 44]
    )
    func tooBig(device: Int, most: Int) throws {
        try expectComplete(devices[device]) { request, reply, _ in
            request.size > most ? .error(status: 1, index: 0) : reply
        }
    }

    @Test("because even one object is too big for it fails and says so")
    func alwaysTooBig() throws {
        for walk in devices {
            let encounter = try Encounter(walk) { _, _, _ in .error(status: 1, index: 0) }
            let failure = try #require(encounter.result.failure)
            #expect(failure.reason == .badResponse)
            #expect(failure.description.contains("too big"))
            #expect(encounter.requests < 10)
        }
    }

    @Test(
        "because it meets large requests with silence is asked for little",
        arguments: devices.indices,
        [4, 11, 23, 46]
    )
    func silentWhenLarge(device: Int, most: Int) throws {
        try expectComplete(devices[device]) { request, reply, _ in request.size > most ? .silence : reply }
    }

    @Test("because it meets GETBULK with silence is read without", arguments: devices.indices)
    func silentBulk(device: Int) throws {
        try expectComplete(devices[device]) { request, reply, _ in request.isBulk ? .silence : reply }
    }

    @Test("because it falls silent for good fails as a time-out", arguments: devices.indices, [1, 2, 4])
    func silence(device: Int, last: Int) throws {
        let encounter = try Encounter(devices[device]) { _, reply, number in number > last ? .silence : reply
        }
        let failure = try #require(encounter.result.failure)
        #expect(failure.reason == .timeout)
        #expect(encounter.requests == last + 3)
    }

    @Test(
        "because its GETBULK gives fewer rows than asked for is asked again",
        arguments: devices.indices,
        [1, 2, 10]
    )
    func fewRows(device: Int, most: Int) throws {
        try expectComplete(devices[device]) { request, reply, _ in
            guard request.isBulk, case .bindings(let bindings) = reply else { return reply }
            return .bindings(Array(bindings.prefix(request.objects.count * most)))
        }
    }

    @Test("because it skips a column is read without that")
    func skippedColumn() throws {
        let name = try #require(ObjectIdentifier(APC.switched + ".3"))
        let other = try #require(ObjectIdentifier(APC.metered + ".3"))
        let without = APC.switchedAndMetered().walk.bindings.filter {
            !$0.identifier.isWithin(name) && !$0.identifier.isWithin(other)
        }
        let reading = try Encounter(RecordedWalk(without)) { _, reply, _ in reply }.result.get()
        let outlets = reading.elements.filter { $0.element.kind == .outlet }
        #expect(outlets.count == 24)
        #expect(outlets.allSatisfy { $0.name == nil && $0.state != nil && $0.activePower != nil })
    }

    @Test("because it lacks the column that leads a table is read all the same")
    func skippedLeader() throws {
        let leader = try #require(ObjectIdentifier("1.3.6.1.4.1.13742.6.5.4.3.1.3"))
        let without = RecordedWalk(kinds.walk.bindings.filter { !$0.identifier.isWithin(leader) })
        let reading = try Encounter(without) { _, reply, _ in reply }.result.get()
        let outlets = reading.elements.filter { $0.element.kind == .outlet }
        #expect(outlets.map(\.activePower?.description) == ["105", "205", "305", "405"])
        #expect(outlets.allSatisfy { $0.state == nil })
    }

    @Test("because not every measurement has settings loses none")
    func sparseSettings() throws {
        var sparse = kinds
        // Of the inlet's measurements the current alone has a threshold.
        sparse["1.3.6.1.4.1.13742.6.3.3.4.1.24.1.1.1"] = 130
        let whole = try #require(
            try Encounter(sparse.walk) { _, reply, _ in reply }.result.get().elements.first
        )
        #expect(whole.warningCurrent?.description == "13")
        #expect(whole.activePower?.description == "50")
    }

    @Test("because it answers out of order within a column fails and says so")
    func outOfOrder() throws {
        let column = try #require(ObjectIdentifier(APC.metered + ".7"))
        let encounter = try Encounter(devices[0]) { request, reply, _ in
            guard !request.isGet, case .bindings(let bindings) = reply else { return reply }
            return .bindings(
                bindings.map { binding in
                    // The eighth row comes with the index of the third.
                    binding.identifier == column.appending([8])
                        ? VariableBinding(column.appending([3]), binding.value) : binding
                }
            )
        }
        let failure = try #require(encounter.result.failure)
        #expect(failure.reason == .badResponse)
        #expect(failure.description.contains("\(column).3"))
    }

    @Test("because it speaks SNMPv1 only is read to the end of every column", arguments: devices.indices)
    func noSuchName(device: Int) throws {
        try expectComplete(devices[device], version1)
    }

    @Test("because it ends a request of SNMPv1 without saying at which object is read all the same")
    func noSuchNameOfNobody() throws {
        for walk in devices {
            try expectComplete(walk) { request, reply, number in
                let answer = version1(request, reply, number)
                if case .error(let status, _) = answer { return .error(status: status, index: 0) }
                return answer
            }
        }
    }

    @Test(
        "because it fails on more than three objects loses none of them",
        arguments: devices.indices,
        [0, 1]
    )
    func failsOnMany(device: Int, index: Int) throws {
        try expectComplete(devices[device]) { request, reply, _ in
            request.objects.count > 3 ? .error(status: 5, index: index) : reply
        }
    }

    @Test(
        "because GET alone fails on more than three objects loses none of them",
        arguments: devices.indices,
        [0, 1]
    )
    func getFailsOnMany(device: Int, index: Int) throws {
        try expectComplete(devices[device]) { request, reply, _ in
            request.isGet && request.objects.count > 3 ? .error(status: 5, index: index) : reply
        }
    }

    @Test("because it cannot give one object is read without that")
    func failsOnOne() throws {
        let fault = try #require(ObjectIdentifier("1.3.6.1.4.1.17420.1.2.9.1.15.0"))
        let reading = try Encounter(devices[2]) { request, reply, _ in
            guard let place = request.objects.firstIndex(of: fault) else { return reply }
            return .error(status: 5, index: place + 1)
        }
        .result.get()
        let phase = try #require(reading.elements.first { $0.element.kind == .phase })
        #expect(phase.warningCurrent == nil)
        #expect(phase.criticalCurrent?.description == "14")
        #expect(phase.current?.description == "2.3")
    }

    @Test("because a table never ends fails and says so", arguments: [1, 30])
    func endless(step: UInt32) throws {
        let column = try #require(ObjectIdentifier(APC.metered + ".4"))
        let encounter = try Encounter(devices[0]) { request, reply, _ in
            guard !request.isGet, case .bindings(let bindings) = reply else { return reply }
            let count = request.objects.count
            return .bindings(
                bindings.enumerated().map { position, binding in
                    let asked = request.objects[position % count]
                    guard let index = asked.suffix(after: column) else { return binding }
                    let next = (index.last ?? 0) + step * UInt32(position / count + 1)
                    return VariableBinding(column.appending([next]), .integer(Int64(next)))
                }
            )
        }
        #expect(encounter.result.failure?.reason == .badResponse)
        #expect(encounter.requests <= DeviceConversation.mostRequests)
    }
}
