import Basics
import MIB
import Metering
import Testing

@testable import Devices

/// The thousandths of a watt of each element, the whole unit first.
private func watts(_ reading: DeviceReading) -> [Int64?] {
    reading.elements.map(\.activePower?.thousandths)
}

private func wattsRead(from fake: FakeDevice) throws -> [Int64?] {
    watts(try read(fake))
}

@Suite("An APC rPDU of the first generation")
struct RPDUTests {
    @Test("gives its own power figure, marked as what it is: calculated from a nominal voltage")
    func ownPower() throws {
        let reading = try read(
            APC.firstGenerationWithPower(),
            hints: DeviceHints(nominalVoltage: FixedPoint(100))
        )
        let whole = try #require(reading.elements.first)
        let outlets = reading.elements.filter { $0.element.kind == .outlet }

        #expect(reading.profile == "apc-rpdu")
        #expect(whole.activePower == FixedPoint(598))
        #expect(whole.powerIsEstimate)
        #expect(whole.apparentPower == FixedPoint(610))
        #expect(whole.current == FixedPoint(thousandths: 2600))
        #expect(whole.voltage == nil)
        #expect(whole.ratedCurrent == FixedPoint(32))
        #expect(outlets.map(\.state) == [.on, .on, .off, .on, .on, .on, .on, .on])
        #expect(outlets.allSatisfy { $0.current == nil })
        #expect(reading.identity.model == "AP7920")
        #expect(reading.identity.name == "old-rack")
    }

    @Test("does not mark power as an estimate where no nominal voltage is set: it is measured then")
    func measuredPower() throws {
        var fake = APC.firstGenerationWithPower()
        fake["\(APC.rpdu).1.15.0"] = -1

        let whole = try read(fake).elements.first

        #expect(whole?.powerIsEstimate == false)
    }

    @Test("gives no power without a nominal voltage, rather than a wrong one")
    func currentOnly() throws {
        let reading = try read(APC.firstGeneration("AP7830", loads: [(49, 1, 0)]))

        #expect(watts(reading) == [nil, nil])
        #expect(reading.elements.map(\.current?.thousandths) == [4900, 4900])
    }

    @Test("multiplies current by the configured voltage and power factor, and says that it did")
    func estimate() throws {
        let hints = DeviceHints(nominalVoltage: FixedPoint(230), powerFactor: FixedPoint(thousandths: 950))
        let reading = try read(APC.firstGeneration("AP7830", loads: [(49, 1, 0)]), hints: hints)

        #expect(watts(reading) == [1_070_650, 1_070_650])
        #expect(reading.elements.allSatisfy { $0.powerIsEstimate })
    }

    @Test("otherwise takes the voltage and power factor that are set on the device, if they are sensible")
    func deviceSettings() throws {
        var fake = APC.firstGeneration("AP7830", loads: [(16, 1, 0)])
        fake["\(APC.rpdu).1.15.0"] = 120
        fake["\(APC.rpdu).1.17.0"] = 900
        #expect(try wattsRead(from: fake) == [172_800, 172_800])

        fake["\(APC.rpdu).1.15.0"] = 0
        #expect(try wattsRead(from: fake) == [nil, nil])
    }

    @Test("adds the phases of a three-phase unit, each at the set line-to-line voltage divided by √3")
    func threePhases() throws {
        var fake = APC.firstGeneration("AP7853", loads: [(100, 1, 0), (50, 2, 0), (0, 3, 0)])
        fake["\(APC.rpdu).1.15.0"] = 400

        #expect(try wattsRead(from: fake) == [3_464_100, 2_309_400, 1_154_700, 0])
        let whole = try #require(try read(fake).elements.first)
        #expect(whole.current == nil)
    }

    @Test("takes a configured voltage of a three-phase unit as phase to neutral")
    func threePhasesConfigured() throws {
        let fake = APC.firstGeneration("AP7853", loads: [(100, 1, 0), (50, 2, 0), (0, 3, 0)])
        let reading = try read(fake, hints: DeviceHints(nominalVoltage: FixedPoint(230)))

        #expect(watts(reading) == [3_450_000, 2_300_000, 1_150_000, 0])
    }

    @Test("tells phases and banks of its one load table apart, and does not add banks to their phase")
    func banks() throws {
        let fake = APC.firstGeneration("AP7822", loads: [(47, 1, 0), (0, 0, 1), (47, 0, 2)])
        let reading = try read(fake, hints: DeviceHints(nominalVoltage: FixedPoint(230)))
        let elements = reading.elements.map { "\($0.element.kind) \($0.element.number)" }

        #expect(elements == ["pdu 0", "phase 1", "bank 1", "bank 2"])
        #expect(reading.elements.map(\.current?.thousandths) == [4700, 4700, 0, 4700])
        #expect(watts(reading) == [1_081_000, 1_081_000, nil, nil])
    }

    @Test("does not believe 0 W while current flows")
    func zeroUnderLoad() throws {
        var fake = APC.firstGeneration("AP7830", loads: [(160, 1, 0)])
        fake["\(APC.rpdu).1.16.0"] = 0
        fake["\(APC.rpdu).1.18.0"] = 0
        #expect(try wattsRead(from: fake) == [nil, nil])
        let whole = try #require(try read(fake).elements.first)
        #expect(whole.apparentPower == nil)

        fake["\(APC.load).2.1"] = .unsigned(0)
        #expect(try wattsRead(from: fake) == [0, nil])
    }
}
