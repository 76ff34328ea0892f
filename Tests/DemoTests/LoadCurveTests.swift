import Basics
import Testing

@testable import pdu_demo

@Suite("The demonstration's load")
struct LoadCurveTests {
    private let curve = LoadCurve(meanWatts: 100, liveliness: 1, seed: 7, shape: WeekShape())
    /// Monday 2024-03-04T00:00:00Z.
    private let monday = 1_709_510_400.0

    @Test("has an energy that is the integral of its power")
    func energyMatchesPower() {
        let step = 10.0
        var wattHours = 0.0
        for second in stride(from: monday, to: monday + 86_400, by: step) {
            wattHours += curve.watts(at: second + step / 2) * step / 3600
        }

        let counted = curve.wattHours(at: monday + 86_400) - curve.wattHours(at: monday)

        #expect(abs(counted - wattHours) < wattHours / 10_000)
    }

    @Test("stays positive and believable all year")
    func staysBelievable() {
        let samples = stride(from: monday, to: monday + 366 * 86_400, by: 613).map { curve.watts(at: $0) }

        #expect(samples.allSatisfy { $0 > 40 && $0 < 200 })
    }

    @Test("is the same at the same time and another for another seed")
    func isPure() {
        let again = LoadCurve(meanWatts: 100, liveliness: 1, seed: 7, shape: WeekShape())
        let other = LoadCurve(meanWatts: 100, liveliness: 1, seed: 8, shape: WeekShape())

        #expect(curve.watts(at: monday + 333) == again.watts(at: monday + 333))
        #expect(curve.watts(at: monday + 333) != other.watts(at: monday + 333))
    }

    @Test("is higher on a working afternoon than on a Sunday morning")
    func followsTheWeek() {
        let shape = WeekShape()

        #expect(shape.factor(at: monday + 14 * 3600) > 1.1 * shape.factor(at: monday + 6 * 86_400 + 6 * 3600))
    }
}

@Suite("A demonstration PDU's meter")
struct UnitReadoutTests {
    private let moment = UnixTime(1_709_550_000)

    @Test("shows outlets that sum to the unit", arguments: DemoUnit.Model.allCases)
    func outletsSumToUnit(model: DemoUnit.Model) {
        let unit = DemoUnit(model)
        let readout = UnitReadout(of: unit, at: moment)

        let outlets = readout.outlets.reduce(0) { $0 + $1.watts } + Int(unit.ownWatts)

        #expect(abs(outlets - readout.centiKilowatts * 10) <= 5 + readout.outlets.count / 2)
        #expect(abs(readout.bankDeciAmperes.reduce(0, +) - readout.deciAmperes) <= 2)
    }

    @Test("counts energy upwards, and as much as the power says", arguments: DemoUnit.Model.allCases)
    func countsEnergy(model: DemoUnit.Model) {
        let unit = DemoUnit(model)
        let readouts = (0...1440).map { UnitReadout(of: unit, at: moment + Int64($0) * 60) }

        let counters = readouts.map(\.deciKilowattHours)
        let integrated = readouts.dropLast().reduce(0.0) { $0 + Double($1.centiKilowatts) / 100 / 60 }

        #expect(zip(counters, counters.dropFirst()).allSatisfy { $0 <= $1 })
        let counted = Double(counters[1440] - counters[0]) / 10
        #expect(abs(counted - integrated) < 0.5)
    }

    @Test("stays below the rated current", arguments: DemoUnit.Model.allCases)
    func staysWithinRating(model: DemoUnit.Model) {
        let unit = DemoUnit(model)

        for hour in 0..<(366 * 24) {
            let readout = UnitReadout(of: unit, at: moment + Int64(hour) * 3600)
            #expect(readout.deciAmperes > 50 && readout.deciAmperes < 160)
        }
    }
}
