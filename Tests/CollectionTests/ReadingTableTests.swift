import Basics
import Collection
import Metering
import Testing

private func reading(watts: Int, units: [LinkedUnit] = []) -> DeviceReading {
    var unit = ElementReading(.wholePDU)
    unit.activePower = FixedPoint(watts)
    unit.current = FixedPoint(5)
    unit.voltage = FixedPoint(230)
    var outlet = ElementReading(Element(.outlet, 1))
    outlet.name = "Server"
    outlet.current = FixedPoint(5)
    outlet.ratedCurrent = FixedPoint(10)
    outlet.state = .on
    var identity = DeviceIdentity()
    identity.model = "X\(watts)"
    return DeviceReading(
        profile: "acme",
        identity: identity,
        elements: [unit, outlet],
        sensors: [],
        linkedUnits: units
    )
}

@Suite("The table of a reading")
struct ReadingTableTests {
    @Test("has a line for each element, with its rating, and dashes for what is not known")
    func table() {
        let expected = """
            X1100 (acme)
            element   name    W     VA  A  of A  V    PF  kWh  state
            pdu       –       1100  –   5  –     230  –   –    –
            outlet 1  Server  –     –   5  10    –    –   –    on

            """
        #expect(readingTable(reading(watts: 1100)) == expected)
    }

    @Test("marks what is doubtful, says why, and shows linked units under a heading each")
    func doubtsAndUnits() {
        let expected = """
            X1100 (acme)
            element   name    W     VA  A  of A  V    PF  kWh  state
            pdu       –       1100  –   5  –     230  –   –    –
            outlet 1  Server  –     –   5  10    –    –   –    on

            Unit 2: X11000 (acme)
            element   name    W      VA  A  of A  V    PF  kWh  state
            pdu       –       11000  –   5  –     230  –   –    –      (?)
            outlet 1  Server  –      –   5  10    –    –   –    on

            (?) pdu: 11000 W, but 230 V × 5 A = 1150 W: ten times as much

            """
        let linked = LinkedUnit(number: 2, reading: reading(watts: 11_000))
        #expect(readingTable(reading(watts: 1100, units: [linked])) == expected)
    }
}
