import Basics
import Devices
import MIB
import Metering
import Testing

@testable import pdu_demo

@Suite("A demonstration PDU's past")
struct ReadingTests {
    @Test("is made of the same numbers as polling it brings", arguments: DemoUnit.Model.allCases)
    func historyIsWhatPollingReads(model: DemoUnit.Model) throws {
        let moment = UnixTime(1_709_550_000)
        let unit = DemoUnit(model)
        let hints = DeviceHints(
            nominalVoltage: FixedPoint(230),
            powerFactor: FixedPoint(thousandths: 950)
        )
        let system = [
            VariableBinding(ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 2, 0]), .identifier(unit.sysObjectID))
        ]
        let walk = RecordedWalk(system + MIBView.of(unit, at: moment).bindings)
        var conversation = DeviceConversation(catalog: .builtIn(), hints: hints)

        RecordedAgent(walk).answer(&conversation)

        let polled = try #require(conversation.result).get()
        let made = UnitReadout(of: unit, at: moment).reading
        #expect(polled.identity == made.identity)
        #expect(polled.elements.count == made.elements.count)
        for (measured, invented) in zip(polled.elements, made.elements) { #expect(measured == invented) }
        #expect(polled == made)
    }

    @Test("leaves no gap between its coarse and its fine part, nor at its ends")
    func minutesAreContiguous() throws {
        let end = UnixTime(1_709_550_047)
        let past = PastMinutes(from: end - 40 * 86_400, through: end)

        let minutes = past.stretches.flatMap { stretch in
            stretch.minutes.map { (minute: $0, interval: stretch.interval) }
        }
        for (earlier, later) in zip(minutes, minutes.dropFirst()) {
            #expect(later.minute - earlier.minute > 0 && later.minute - earlier.minute <= later.interval)
        }
        #expect(minutes.first.map { $0.minute - (end - 40 * 86_400) < 900 } == true)
        #expect(minutes.last?.minute == end.floored(to: 60))
    }
}

extension MIBView {
    /// What an agent sends of it.
    fileprivate var bindings: [VariableBinding] {
        objects.map { object in
            let value: SNMPValue =
                switch object.value {
                case .integer(let number): .integer(Int64(number))
                case .gauge(let number): .unsigned(UInt64(number))
                case .string(let text): .octets(Array(text.utf8))
                }
            return VariableBinding(object.identifier, value)
        }
    }
}
