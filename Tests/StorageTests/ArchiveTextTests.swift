import Basics
import Metering
import TestSupport
import Testing

@testable import Storage

@Suite("A line of the archive")
struct ArchiveTextTests {
    /// The names of a history with a PDU of each of `keys`, an outlet 7 and a sensor 3 on each.
    private func names(_ keys: [String]) throws -> PlaceNames {
        let pdus = keys.map { key -> PolledPDU in
            var pdu = PolledPDU.sample(key, [.sample(), .sample(Element(.outlet, 7))])
            if case .read(var reading) = pdu.outcome {
                var sensor = SensorReading(number: 3)
                sensor.temperature = FixedPoint(20)
                reading.sensors = [sensor]
                pdu.outcome = .read(reading)
            }
            return pdu
        }
        let writer = try TemporaryHistory().writer()
        _ = try writer.store(.sample(at: monday, pdus), policy: minutePolicy)
        return try PlaceNames(writer.database)
    }

    private func line(_ reading: ArchivedReading, _ names: PlaceNames) -> String {
        var bytes: [UInt8] = []
        var encoder = ArchiveEncoder(names)
        #expect(encoder.append(reading, to: &bytes))
        return String(decoding: bytes, as: UTF8.self)
    }

    private func decoded(_ line: String, _ names: PlaceNames) throws -> ArchivedReading? {
        let elements = ReadingHistory.allElements
        var decoder = ArchiveDecoder(names, elements: elements, includingSensors: true)
        guard case .reading(let reading) = try decoder.decode(Array(line.utf8.filter { $0 != 0x0A })) else {
            return nil
        }
        return reading
    }

    @Test("has a column for each quantity, in watts, amperes, kilowatt-hours and so on")
    func columns() throws {
        let names = try names(["left"])
        var whole = StoredReading(time: monday, element: 1)
        whole.power = FixedPoint(thousandths: 1_250_500)
        whole.energy = FixedPoint(thousandths: 123_456_700_000)
        whole.current = FixedPoint(thousandths: 50)
        whole.voltage = FixedPoint(230)
        whole.apparentPower = FixedPoint(thousandths: -1)
        whole.powerFactor = FixedPoint(thousandths: 946)
        let outlet = StoredReading(time: monday + 60, element: 1_000_000)
        let sensor = StoredSensorReading(
            time: monday + 60,
            sensor: 1,
            temperature: FixedPoint(thousandths: -500),
            humidity: FixedPoint(40)
        )

        #expect(
            line(.element(whole), names)
                == "2026-03-02T00:00:00Z,left,pdu,0,1250.5,-0.001,0.05,230,0.946,123456.7,,\r\n"
        )
        #expect(line(.element(outlet), names) == "2026-03-02T00:01:00Z,left,outlet,7,,,,,,,,\r\n")
        #expect(line(.sensor(sensor), names) == "2026-03-02T00:01:00Z,left,sensor,3,,,,,,,-0.5,40\r\n")
        #expect(ArchiveHeader.line.split(separator: ",").count == 12)
    }

    @Test("puts a PDU's name into quotes where CSV wants it, and finds the PDU again")
    func quotes() throws {
        let keys = ["a,b", "say \"hi\"", "a", "b", "Größe 2", "a,b,pdu", "\"", ",,,"]
        let names = try names(keys)
        let time = "2026-03-02T00:00:00Z"
        let fields = [
            "\"a,b\"", "\"say \"\"hi\"\"\"", "a", "b", "Größe 2", "\"a,b,pdu\"", "\"\"\"\"", "\",,,\"",
        ]

        for (id, field) in zip(Int64(1)..., fields) {
            let reading = ArchivedReading.element(StoredReading(time: monday, element: id))
            #expect(line(reading, names) == "\(time),\(field),pdu,0,,,,,,,,\r\n")
            #expect(try decoded(line(reading, names), names) == reading)
        }
    }

    @Test("reads back to the same thousandths, whatever they are", arguments: 0..<4)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let names = try names(["left"])
        func value() -> FixedPoint? {
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: nil
            case 1:
                [Int64.min, .max, 0, 1, -1, 1000, -1000, 10].randomElement(using: &generator)
                    .map(FixedPoint.init(thousandths:))
            case 2: FixedPoint(thousandths: Int64.random(in: .min ... .max, using: &generator))
            default: FixedPoint(thousandths: Int64.random(in: -3000...3_000_000, using: &generator))
            }
        }
        for _ in 0..<2000 {
            let time = UnixTime(Int64.random(in: 0...4_000_000_000, using: &generator))
            let element = ArchivedReading.element(
                StoredReading(
                    time: time,
                    element: Bool.random(using: &generator) ? 1 : 1_000_000,
                    power: value(),
                    energy: value(),
                    current: value(),
                    voltage: value(),
                    apparentPower: value(),
                    powerFactor: value()
                )
            )
            let sensor = ArchivedReading.sensor(
                StoredSensorReading(time: time, sensor: 1, temperature: value(), humidity: value())
            )
            #expect(try decoded(line(element, names), names) == element)
            #expect(try decoded(line(sensor, names), names) == sensor)
        }
    }

    @Test("with a time that is none is refused, however often it comes")
    func wrongTimeAgain() throws {
        let names = try names(["left"])
        var decoder = ArchiveDecoder(names, elements: ReadingHistory.allElements, includingSensors: true)
        for time in ["2026-02-30T00:00:00Z", "9999999999-1-1T1:1:1"] {
            for _ in 0..<2 {
                #expect(throws: ArchiveDecoder.LineError.self) {
                    try decoder.decode(Array("\(time),left,pdu,0,,,,,,,,".utf8))
                }
            }
        }
    }

    @Test("may end without a carriage return, and may be of a PDU that is not known here")
    func otherwise() throws {
        let names = try names(["left"])
        let line = "2026-03-02T00:00:00Z,left,pdu,0,5,,,,,,,"
        let reading = StoredReading(time: monday, element: 1, power: FixedPoint(5))

        #expect(try decoded(line, names) == .element(reading))
        #expect(try decoded("2026-03-02T00:00:00Z,right,pdu,0,5,,,,,,,", names) == nil)
        #expect(try decoded("2026-03-02T00:00:00Z,left,bank,1,5,,,,,,,", names) == nil)
    }

    @Test(
        "that nobody wrote here is refused",
        arguments: [
            "", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z,left,pdu", "2026-03-02T00:00:00Z,left,pdu,0",
            "2026-03-02T00:00:00Z,left,pdu,0,,,,,,,", "2026-03-02T00:00:00Z,left,pdu,0,,,,,,,,,",
            "2026-03-02T00:00:00Z,left,pdu,0,five,,,,,,,", "2026-03-02T00:00:00Z,left,pdu,0,1e3,,,,,,,",
            "2026-03-02T00:00:00Z,left,pdu,0,-,,,,,,,", "2026-03-02T00:00:00Z,left,pdu,0,.5,,,,,,,",
            "2026-03-02T00:00:00Z,left,pdu,0,5.,,,,,,,", "2026-03-02T00:00:00Z,left,pdu,0,1.2.3,,,,,,,",
            "2026-03-02T00:00:00Z,left,pdu,0,0.0001,,,,,,,", "2026-03-02T00:00:00Z,left,pdu,0,+5,,,,,,,",
            "2026-03-02T00:00:00Z,left,pdu,0,9223372036854775.808,,,,,,,",
            "2026-03-02T00:00:00Z,left,pdu,0,99999999999999999999,,,,,,,",
            "2026-13-02T00:00:00Z,left,pdu,0,5,,,,,,,", "2026-03-02T00:00:00+01:00,left,pdu,0,5,,,,,,,",
            "2026-03-02 00:00:00Z,left,pdu,0,5,,,,,,,", "99999999999999999999,left,pdu,0,5,,,,,,,",
        ]
    )
    func malformed(line: String) throws {
        let names = try names(["left"])

        #expect(throws: ArchiveDecoder.LineError.self) { try decoded(line, names) }
    }
}
