import Basics
import Metering
import Testing

@testable import Devices

/// An element with these numbers, in W, V, A.
private func element(
    _ element: Element = .wholePDU,
    watts: Double? = nil,
    volts: Double? = nil,
    amperes: Double? = nil,
    factor: Double? = nil,
    _ change: (inout ElementReading) -> Void = { _ in }
) -> ElementReading {
    var reading = ElementReading(element)
    reading.activePower = watts.flatMap { FixedPoint($0) }
    reading.voltage = volts.flatMap { FixedPoint($0) }
    reading.current = amperes.flatMap { FixedPoint($0) }
    reading.powerFactor = factor.flatMap { FixedPoint($0) }
    change(&reading)
    return reading
}

private func sentences(_ elements: [ElementReading], sensors: [SensorReading] = []) -> [String] {
    let reading = DeviceReading(
        profile: "test",
        identity: DeviceIdentity(),
        elements: elements,
        sensors: sensors
    )
    return doubts(about: reading).map(\.sentence)
}

@Suite("Doubts about a reading")
struct ReadingDoubtsTests {
    @Test(
        "are not raised by what meters do",
        arguments: [
            (1210.0, 229.0, 5.6, 0.95),  // 1218 W
            (1110, 229, 5.6, 0.95),  // 8 % less
            (12, 230, 0.1, 1),  // one step of 0.1 A
            (0, 230, 0.1, 0.5),
            (1219, 394, 5.6, 0.95),  // between two lines
            (620, 230, 5.6, 0.5),
        ]
    )
    func plausible(watts: Double, volts: Double, amperes: Double, factor: Double) {
        #expect(sentences([element(watts: watts, volts: volts, amperes: amperes, factor: factor)]) == [])
        #expect(sentences([element(watts: watts, volts: volts, amperes: amperes)]) == [])
    }

    @Test(
        "tell watts that are not volts times amperes, and powers of ten as such",
        arguments: [
            (12_100.0, "12100 W, but 229 V × 5.6 A × 0.95 = 1218.3 W: ten times as much"),
            (121, "121 W, but 229 V × 5.6 A × 0.95 = 1218.3 W: a tenth of it"),
            (12.1, "12.1 W, but 229 V × 5.6 A × 0.95 = 1218.3 W: a hundredth of it"),
            (3500, "3500 W, but 229 V × 5.6 A × 0.95 = 1218.3 W"),
        ]
    )
    func watts(watts: Double, expected: String) {
        #expect(sentences([element(watts: watts, volts: 229, amperes: 5.6, factor: 0.95)]) == [expected])
    }

    @Test("need a power factor to tell too little, but not to tell too much")
    func withoutFactor() {
        #expect(sentences([element(watts: 121, volts: 229, amperes: 5.6)]) == [])
        #expect(
            sentences([element(watts: 12_100, volts: 229, amperes: 5.6)])
                == ["12100 W, but 229 V × 5.6 A = 1282.4 W: ten times as much"]
        )
    }

    @Test("leave estimates, three phases together, and loads between two lines alone")
    func otherCases() {
        let phases = [
            element(Element(.phase, 1), watts: 521, volts: 205, amperes: 2.77, factor: 0.91),
            element(Element(.phase, 2), watts: 599, volts: 205, amperes: 4.72, factor: 0.91),
            element(Element(.phase, 3), watts: 0, volts: 205, amperes: 3.18, factor: 1),
        ]
        #expect(sentences([element(watts: 1120, volts: 205, amperes: 1)] + phases) == [])
        #expect(sentences([element(watts: 9000, volts: 230, amperes: 1) { $0.powerIsEstimate = true }]) == [])

        let tenfold = element(Element(.phase, 1), watts: 5210, volts: 205, amperes: 2.77, factor: 0.91)
        #expect(sentences([tenfold] + phases.dropFirst()).first?.hasSuffix("ten times as much") == true)
    }

    @Test("compare the parts with the whole")
    func sums() {
        let outlets = (1...4).map { element(Element(.outlet, $0), watts: 280) }
        #expect(sentences([element(watts: 1210)] + outlets) == [])
        #expect(
            sentences([element(watts: 121)] + outlets)
                == ["its 4 outlets add up to 1120 W, but it has 121 W: a tenth of it"]
        )
        #expect(
            sentences([element(watts: 2000)] + outlets) == [
                "its 4 outlets add up to 1120 W, but it has 2000 W"
            ]
        )
        // Not all are measured: the rest may be in the others.
        #expect(sentences([element(watts: 2000)] + outlets + [element(Element(.outlet, 5))]) == [])
    }

    @Test("know what voltages, power factors, ratings and counters there are")
    func ranges() {
        #expect(
            sentences([element(volts: 48), element(volts: 12), element(volts: 415), element(volts: 100)])
                == []
        )
        #expect(sentences([element(volts: 2300)]) == ["2300 V is no voltage that a PDU has"])
        #expect(sentences([element(volts: 0)]) == [])
        #expect(sentences([element(volts: 0, amperes: 2)]) == ["0 V is no voltage that a PDU has"])
        #expect(sentences([element(factor: -0.946)]) == [])
        #expect(sentences([element(factor: 9.5)]) == ["a power factor of 9.5 is beyond 1"])
        #expect(sentences([element(amperes: 16.5) { $0.ratedCurrent = FixedPoint(16) }]) == [])
        #expect(
            sentences([element(amperes: 56) { $0.ratedCurrent = FixedPoint(16) }])
                == ["56 A, of 16 A that it is made for"]
        )
        #expect(sentences([element(watts: 20) { $0.energy = FixedPoint(0) }]) == [])
        #expect(
            sentences([element(watts: 200) { $0.energy = FixedPoint(0) }])
                == ["200 W, but its energy counter stands at 0"]
        )
        #expect(
            sentences([element(watts: 500) { $0.apparentPower = FixedPoint(50) }])
                == ["500 W is more than its 50 VA"]
        )
    }

    @Test("know what climates there are")
    func sensors() {
        var sensor = SensorReading(number: 3)
        sensor.temperature = FixedPoint(24)
        sensor.humidity = FixedPoint(41)
        #expect(sentences([], sensors: [sensor]) == [])

        sensor.temperature = FixedPoint(75)
        sensor.humidity = FixedPoint(0)
        let expected = ["75 °C is no temperature of a rack; may it be °F?", "0 % is no humidity of a room"]
        #expect(sentences([], sensors: [sensor]) == expected)
    }

    @Test("say where they are")
    func subjects() {
        var sensor = SensorReading(number: 3)
        sensor.temperature = FixedPoint(900)
        let elements = [element(Element(.outlet, 7), volts: 23_000)]
        let reading = DeviceReading(
            profile: "test",
            identity: DeviceIdentity(),
            elements: elements,
            sensors: [sensor]
        )

        #expect(doubts(about: reading).map(\.subject) == [.element(Element(.outlet, 7)), .sensor(3)])
    }
}
