// Runs that say everything which can be said, and runs made at random.

import Basics
import Energy
import Metering
import Storage
import TestSupport

@testable import Spool

/// 2026-03-02T00:00:00Z, a Monday.
let monday = UnixTime(1_772_409_600)

/// An element of which everything is known.
func fullElement(_ element: Element, _ number: Int64) -> ElementReading {
    var reading = ElementReading(element)
    reading.name = "Ausgang \(number) ⚡"
    reading.activePower = FixedPoint(thousandths: number)
    reading.apparentPower = FixedPoint(thousandths: -number)
    reading.current = FixedPoint(thousandths: 0)
    reading.voltage = FixedPoint(thousandths: 230_400)
    reading.powerFactor = FixedPoint(thousandths: -985)
    reading.energy = FixedPoint(thousandths: 123_456_700)
    reading.energyResolution = FixedPoint(100)
    reading.energyMaximum = FixedPoint(thousandths: 4_294_967_295)
    reading.energySince = "01/02/2024 03:04"
    reading.state = .off
    reading.ratedCurrent = FixedPoint(16)
    reading.ratedPower = FixedPoint(3680)
    reading.warningCurrent = FixedPoint(12)
    reading.criticalCurrent = FixedPoint(14)
    reading.bank = 2
    reading.phase = 3
    reading.powerIsEstimate = true
    return reading
}

func fullReading(linking units: [LinkedUnit] = []) -> DeviceReading {
    var identity = DeviceIdentity()
    identity.vendor = "APC"
    identity.model = "AP8659"
    identity.serial = "5A1234E56789"
    identity.firmware = "v7.1.2"
    identity.name = "Rack 4, links"
    var sensor = SensorReading(number: 7)
    sensor.name = ""
    sensor.temperature = FixedPoint(thousandths: -12_500)
    sensor.humidity = FixedPoint(thousandths: 41_000)
    return DeviceReading(
        profile: "apc-rpdu2",
        identity: identity,
        elements: [
            fullElement(.wholePDU, 1), fullElement(Element(.phase, 3), -64),
            fullElement(Element(.bank, 2), 1 << 40),
            fullElement(Element(.outlet, 24), 63), ElementReading(Element(.outlet, 25)),
        ],
        sensors: [sensor, SensorReading(number: 8)],
        linkedUnits: units
    )
}

/// A run in which every field is set, in one PDU or another.
func fullRun(at minute: UnixTime = monday) -> WaitingRun {
    let units = [
        LinkedUnit(number: 2, reading: fullReading()), LinkedUnit(number: 4, reading: emptyReading()),
    ]
    let engine = EngineRecord(
        engineID: [0x80, 0, 0x1F, 0x88, 0xFF],
        boots: 12,
        time: 34_567_890,
        observedAt: minute + 3
    )
    let pdus = [
        PolledPDU(
            key: "left",
            name: "Left",
            address: "[2001:db8::1]:1161",
            outcome: .read(fullReading(linking: units)),
            latencyMilliseconds: 12,
            engine: engine,
            plan: PlanRecord(plan: [0, 255, 10, 13], kind: [1, 0, 128], kindKey: .min)
        ),
        PolledPDU(
            key: "right",
            name: "Right",
            address: "192.0.2.2",
            outcome: .failed(.wrongPrivacyPassphrase, "It cannot decrypt “this”."),
            latencyMilliseconds: nil,
            engine: nil
        ),
    ]
    return waiting(at: minute, pdus, isComplete: true)
}

func emptyReading() -> DeviceReading {
    DeviceReading(profile: "", identity: DeviceIdentity(), elements: [], sensors: [])
}

/// A run of one PDU that draws `watts`.
func smallRun(
    at minute: UnixTime,
    watts: Int = 1000,
    key: String = "left",
    startedAfter: Int64 = 1
) -> WaitingRun {
    var whole = ElementReading(.wholePDU)
    whole.activePower = FixedPoint(watts)
    var reading = emptyReading()
    reading.elements = [whole]
    let pdu = PolledPDU(
        key: key,
        name: key,
        address: "192.0.2.1",
        outcome: .read(reading),
        latencyMilliseconds: 5,
        engine: nil
    )
    return waiting(at: minute, [pdu], isComplete: false, startedAfter: startedAfter)
}

func waiting(
    at minute: UnixTime,
    _ pdus: [PolledPDU],
    isComplete: Bool,
    startedAfter: Int64 = 1
) -> WaitingRun {
    let run = PollRun(
        minute: minute,
        startedAt: minute + startedAfter,
        durationMilliseconds: 812,
        interval: 60,
        pdus: pdus,
        isComplete: isComplete
    )
    return WaitingRun(run, policy: LedgerPolicy(maximumGap: 180))
}

/// A run that `generator` makes up.
func randomRun(_ generator: inout SeededGenerator) -> WaitingRun {
    func chance() -> Bool { Bool.random(using: &generator) }
    func number() -> Int64 {
        Int64(bitPattern: generator.next()) >> Int64.random(in: 0...63, using: &generator)
    }
    func fixed() -> FixedPoint? { chance() ? FixedPoint(thousandths: number()) : nil }
    func text() -> String? {
        chance()
            ? String(
                String.UnicodeScalarView(
                    (0..<Int(generator.next() % 9)).compactMap { _ in
                        Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &generator))
                    }
                )
            ) : nil
    }
    func element() -> ElementReading {
        let kind = ElementKind.allCases.randomElement(using: &generator) ?? .pdu
        var reading = ElementReading(Element(kind, Int(number() >> 40)))
        (reading.name, reading.energySince) = (text(), text())
        (reading.activePower, reading.energy, reading.current) = (fixed(), fixed(), fixed())
        (reading.voltage, reading.ratedPower, reading.phase) = (
            fixed(), fixed(), chance() ? Int(number()) : nil
        )
        reading.state = [.on, .off, .unknown, nil].randomElement(using: &generator) ?? nil
        reading.powerIsEstimate = chance()
        return reading
    }
    func reading(units: Int) -> DeviceReading {
        var reading = emptyReading()
        reading.profile = text() ?? ""
        (reading.identity.serial, reading.identity.firmware) = (text(), text())
        reading.elements = (0..<Int(generator.next() % 30)).map { _ in element() }
        reading.linkedUnits = (0..<units).map { LinkedUnit(number: $0 + 2, reading: emptyReading()) }
        return reading
    }
    func blob() -> [UInt8] {
        (0..<Int(generator.next() % 99)).map { _ in UInt8(generator.next() & 255) }
    }
    let pdus = (0..<Int(generator.next() % 6)).map { index -> PolledPDU in
        let reason = FailureReason.allCases.randomElement(using: &generator) ?? .timeout
        return PolledPDU(
            key: "\(index)",
            name: text() ?? "",
            address: text() ?? "",
            outcome: chance()
                ? .read(reading(units: Int(generator.next() % 3))) : .failed(reason, text() ?? ""),
            latencyMilliseconds: chance() ? number() : nil,
            engine: nil,
            plan: chance() ? PlanRecord(plan: blob(), kind: blob(), kindKey: 7) : nil
        )
    }
    return waiting(at: UnixTime(number() >> 20), pdus, isComplete: chance())
}
