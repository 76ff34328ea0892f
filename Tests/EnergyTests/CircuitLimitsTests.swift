import Basics
import Energy
import Metering
import Testing

@Suite("The limit of a circuit")
struct CircuitLimitsTests {
    private func limit(
        _ element: Element,
        rated: Double? = nil,
        volts: Double? = nil,
        phases: Int = 0
    ) -> Int64 {
        var whole = ElementReading(.wholePDU)
        whole.voltage = volts.flatMap { FixedPoint($0) }
        let parts = (0..<phases).map { ElementReading(Element(.phase, $0 + 1)) }
        let reading = DeviceReading(
            profile: "test",
            identity: DeviceIdentity(),
            elements: [whole] + parts,
            sensors: []
        )
        var asked = ElementReading(element)
        asked.ratedCurrent = rated.flatMap { FixedPoint($0) }
        return CircuitLimits(of: reading).powerLimit(of: asked).thousandths / 1000
    }

    @Test(
        "is the rated current times a coarse voltage",
        arguments: [
            (120.4, 2400), (150, 2400), (150.001, 4800), (208, 4800), (230, 4800), (300, 4800), (400, 8000),
            (0, 4800), (nil, 4800),
        ] as [(Double?, Int64)]
    )
    func voltage(volts: Double?, watts: Int64) {
        #expect(limit(Element(.outlet, 1), rated: 16, volts: volts) == watts)
        #expect(limit(Element(.bank, 1), rated: 16, volts: volts) == watts)
        #expect(limit(Element(.phase, 1), rated: 16, volts: volts) == watts)
    }

    @Test(
        "of a whole unit counts its phases, three when it has not said",
        arguments: [(0, 3), (1, 1), (3, 3)]
    )
    func poles(phases: Int, poles: Int64) {
        #expect(limit(.wholePDU, rated: 32, volts: 230, phases: phases) == 32 * 300 * poles)
    }

    @Test(
        "is that of the largest circuit of its kind where the device says no rated current",
        arguments: [
            (Element(.outlet, 1), 9600), (Element(.bank, 1), 18_900), (Element(.phase, 1), 37_500),
            (.wholePDU, 112_500),
        ] as [(Element, Int64)]
    )
    func unrated(element: Element, watts: Int64) {
        #expect(limit(element, volts: 230, phases: 1) == watts)
        #expect(limit(element, rated: 0, volts: 230, phases: 1) == watts)
    }

    @Test("is none that overflows, however large a current a device says")
    func overflow() {
        #expect(limit(.wholePDU, rated: 9e12) > 0)
    }
}
