import MIB
import TestSupport
import Testing

@testable import Devices

@Suite("Recognising a device")
struct RecognitionTests {
    @Test("prefers rPDU2 where both generations' tables answer")
    func bothGenerations() throws {
        var fake = APC.threePhase()
        fake.row(APC.load, 1, [1: 1, 2: .unsigned(51), 4: 1, 5: 0])

        #expect(try read(fake).profile == "apc-rpdu2")
    }

    @Test("reads AP79xxB, whose rPDU2 tables say -1, by the tables of the first generation")
    func sentinelProbe() throws {
        var fake = APC.firstGenerationWithPower()
        fake["1.3.6.1.2.1.1.2.0"] = .identifier(ObjectIdentifier([1, 3, 6, 1, 4, 1, 318, 1, 3, 4, 8]))
        fake.row(APC.device, 1, [1: 1, 2: 1, 3: "b", 5: -1, 9: -1, 16: -1, 17: -1, 18: 1])
        fake.row(APC.phase, 1, APC.phaseRow(1, current: 26, volts: -1, power: -1))

        #expect(try read(fake).profile == "apc-rpdu")
    }

    @Test("goes by the tables when sysObjectID is cut short or missing")
    func noObjectID() throws {
        var fake = APC.threePhase()
        fake["1.3.6.1.2.1.1.2.0"] = .identifier(ObjectIdentifier([1, 3, 6, 1, 4, 1, 318]))
        #expect(try read(fake).profile == "apc-rpdu2")

        fake["1.3.6.1.2.1.1.2.0"] = nil
        #expect(try read(fake).profile == "apc-rpdu2")
    }

    @Test("says what an unknown device is and what to do")
    func unknown() {
        let fake = FakeDevice(objectID: "1.3.6.1.4.1.8072.3.2.10", description: "Linux\u{1B}[31m box")
        let error = thrown(DeviceError.self) { try read(fake) }

        #expect(error?.reason == .unsupportedDevice)
        #expect(error?.description.contains("sysObjectID 1.3.6.1.4.1.8072.3.2.10") == true)
        #expect(error?.description.contains("sysDescr \"Linux [31m box\"") == true)
        #expect(error?.description.contains("add a profile") == true)
    }

    @Test("says so when a family's name is there but its table is hidden")
    func hidden() {
        var fake = APC.threePhase()
        fake.remove(below: APC.rpdu2)
        let error = thrown(DeviceError.self) { try read(fake) }

        #expect(error?.reason == .unsupportedDevice)
        #expect(error?.description.contains("may be apc-rpdu2") == true)
    }

    @Test("takes the configured profile without asking further")
    func configured() throws {
        var fake = APC.threePhase()
        fake.row(APC.load, 1, [1: 1, 2: .unsigned(51), 4: 1, 5: 0])

        #expect(try read(fake, hints: DeviceHints(profile: "apc-rpdu")).profile == "apc-rpdu")
    }

    @Test("says so when the configured profile is not that of the device, or does not exist")
    func misconfigured() {
        let wrong = thrown(DeviceError.self) {
            try read(APC.threePhase(), hints: DeviceHints(profile: "apc-rpdu"))
        }
        #expect(wrong?.reason == .unsupportedDevice)
        #expect(wrong?.description.contains("leave it out") == true)

        let missing = thrown(DeviceError.self) {
            try read(APC.threePhase(), hints: DeviceHints(profile: "apc"))
        }
        #expect(missing?.reason == .unsupportedDevice)
        #expect(missing?.description.contains("there are apc-") == true)
    }
}
