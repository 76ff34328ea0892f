import Basics
import MIB
import Metering
import Testing

@testable import Devices

@Suite("An APC rPDU2")
struct RPDU2Tests {
    @Test("gives the power, energy and identity of the whole unit in watts and watt-hours")
    func wholeUnit() throws {
        let reading = try read(APC.switchedAndMetered())
        let whole = try #require(reading.elements.first)

        #expect(reading.profile == "apc-rpdu2")
        #expect(whole.element == .wholePDU)
        #expect(whole.activePower == FixedPoint(1230))
        #expect(whole.apparentPower == FixedPoint(1310))
        #expect(whole.powerFactor == FixedPoint(thousandths: 940))
        #expect(whole.energy == FixedPoint(3_512_800))
        #expect(whole.energyResolution == FixedPoint(100))
        #expect(whole.energySince == "01/02/2020 13:27:05")
        #expect(whole.ratedCurrent == FixedPoint(16))
        #expect(!whole.powerIsEstimate)
        #expect(reading.identity.vendor == "APC")
        #expect(reading.identity.model == "AP8659")
        #expect(reading.identity.serial == "5A0000000001")
        #expect(reading.identity.firmware == "7.0.4")
        #expect(reading.identity.name == "rack-a1")
    }

    @Test("gives phase, banks, outlets and probes by the numbers printed on the unit")
    func elements() throws {
        let reading = try read(APC.switchedAndMetered())
        let kinds = reading.elements.map { "\($0.element.kind) \($0.element.number)" }
        let outlets = (1...24).map { "outlet \($0)" }
        let seventh = try #require(reading.elements.first { $0.element == Element(.outlet, 7) })
        let eighth = try #require(reading.elements.first { $0.element == Element(.outlet, 8) })
        let bank = try #require(reading.elements.first { $0.element == Element(.bank, 2) })

        #expect(kinds == ["pdu 0", "phase 1", "bank 1", "bank 2"] + outlets)
        #expect(bank.current == FixedPoint(thousandths: 2400))
        #expect(seventh.state == .off)
        #expect(seventh.activePower == FixedPoint(0))
        #expect(eighth.name == "Server 8")
        #expect(eighth.state == .on)
        #expect(eighth.activePower == FixedPoint(16))
        #expect(eighth.current == FixedPoint(thousandths: 300))
        #expect(eighth.energy == FixedPoint(800))
        #expect(reading.sensors.map(\.number) == [1])
        #expect(reading.sensors.first?.name == "Door")
        #expect(reading.sensors.first?.temperature == FixedPoint(thousandths: 22_800))
        #expect(reading.sensors.first?.humidity == FixedPoint(41))
    }

    @Test("has the current and voltage of its only phase")
    func onePhase() throws {
        let whole = try #require(try read(APC.switchedAndMetered()).elements.first)

        #expect(whole.current == FixedPoint(thousandths: 5400))
        #expect(whole.voltage == FixedPoint(231))
    }

    @Test("has no single current or voltage with three phases")
    func threePhases() throws {
        let reading = try read(APC.threePhase())
        let phases = reading.elements.filter { $0.element.kind == .phase }
        let whole = try #require(reading.elements.first)

        #expect(whole.current == nil)
        #expect(whole.voltage == nil)
        #expect(whole.activePower == FixedPoint(1230))
        #expect(phases.map(\.current?.thousandths) == [5100, 0, 1200])
        #expect(phases.map(\.activePower) == [FixedPoint(1140), FixedPoint(0), FixedPoint(260)])
    }

    @Test("takes the names of outlets that are metered but not switched from where they are")
    func meteredOnly() throws {
        var fake = APC.switchedAndMetered()
        fake.remove(below: APC.switched)
        let reading = try read(fake)
        let outlet = try #require(reading.elements.first { $0.element == Element(.outlet, 24) })

        #expect(outlet.name == "Server 24")
        #expect(outlet.state == nil)
        #expect(outlet.activePower == FixedPoint(48))
    }

    @Test("numbers rows by their number column, not by their place in the table")
    func rowIndexIsNoNumber() throws {
        var fake = APC.rpdu2Unit("AP8853")
        fake.row(APC.bank, 11, [2: 1, 3: 2, 5: 20])
        fake.row(APC.bank, 12, [2: 1, 3: 1, 5: 10])
        let banks = try read(fake).elements.filter { $0.element.kind == .bank }

        #expect(banks.map(\.element.number) == [1, 2])
        #expect(banks.map(\.current?.thousandths) == [1000, 2000])
    }

    @Test("never turns -1, \"notsupported \" or a wrong type into a value")
    func sentinels() throws {
        var fake = APC.rpdu2Unit("AP8641")
        fake.row(APC.device, 1, [9: -1, 10: "notsupported ", 16: -1, 17: "good", 3: "\0\0"])
        fake.row(APC.phase, 1, [2: 1, 3: 1, 5: -1, 6: -1, 7: .null, 8: -1, 9: 9400])
        let reading = try read(fake)
        let whole = try #require(reading.elements.first)

        #expect(whole.energy == nil && whole.energySince == nil && whole.apparentPower == nil)
        #expect(whole.powerFactor == nil && whole.name == nil && reading.identity.name == nil)
        #expect(reading.elements.map(\.element) == [.wholePDU])
    }

    @Test("with guests on its network port reads each as a unit of its own")
    func guests() throws {
        var fake = APC.rpdu2Unit("AP8981", unit: 2, index: 2)
        APC.addUnit(to: &fake, "AP8981", unit: 1, index: 1, nps: 3)
        fake["\(APC.device).18.2"] = 2
        fake["\(APC.device).5.2"] = 456
        fake.row(APC.phase, 1, [2: 1, 3: 1, 5: 11])
        fake.row(APC.phase, 2, [2: 2, 3: 1, 5: 22])
        let reading = try read(fake)
        let guest = try #require(reading.linkedUnits.first)

        #expect(reading.linkedUnits.map(\.number) == [1])
        #expect(guest.reading.elements.map(\.activePower) == [FixedPoint(1230), nil])
        #expect(guest.reading.elements.map(\.current?.thousandths) == [1100, 1100])
        #expect(guest.reading.identity.name == "rack-a1")
        #expect(guest.reading.identity.serial == "5A0000000001")
        #expect(reading.elements.map(\.activePower) == [FixedPoint(4560), nil])
        #expect(reading.elements.map(\.current?.thousandths) == [2200, 2200])
        #expect(reading.identity.name == "rack-a2")
    }

    @Test("takes model, serial and firmware from sysDescr where its tables do not tell")
    func identityFromDescription() throws {
        var fake = APC.rpdu2Unit("AP8853")
        fake.remove(below: APC.rpdu2 + ".2.1")
        let identity = try read(fake).identity

        #expect(identity.model == "AP8853")
        #expect(identity.serial == "5A0000000001")
        #expect(identity.firmware == "v7.0.4")
    }

    @Test("gives no reading of a lost probe")
    func lostProbe() throws {
        var fake = APC.switchedAndMetered()
        fake.row(APC.sensor, 1, [5: 3, 6: 3, 8: -1, 10: -1])
        let sensors = try read(fake).sensors

        #expect(sensors.isEmpty)
    }
}
