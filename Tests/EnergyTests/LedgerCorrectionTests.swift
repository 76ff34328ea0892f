import Basics
import Energy
import Testing

@Suite("A correction in the ledger")
struct LedgerCorrectionTests {
    private let start = UnixTime(1_704_067_200)  // 2024-01-01T00:00:00Z

    private func accounts(
        from: Int64,
        to: Int64,
        wattHours: Int64?,
        _ change: (inout Meter) -> Void = { _ in }
    ) throws -> Accounts {
        var meter = Meter(at: start, wattHours: 5000)
        meter.step = 1
        change(&meter)
        meter.run(minutes: 180)
        let energy = wattHours.map { $0 * perWattHour }
        let correction = Correction(start: start + from, end: start + to, energy: energy)
        return Accounts(try calendar("UTC"), meter.samples, corrections: [correction])
    }

    @Test("contributes exactly its energy, evenly, and the readings inside nothing")
    func energy() throws {
        let accounts = try accounts(from: 3600, to: 7200, wattHours: 777)
        let hours = accounts.all(.hour).map(\.rollup)

        #expect(hours[1].energy.corrected == 777 * perWattHour)
        #expect(hours[1].energy.total == 777 * perWattHour)
        #expect(hours[1].coveredSeconds == 3600)
        #expect(hours[1].powerIntegral == 777 * perWattHour)
        #expect(hours[1].readings == 0)
        #expect(accounts.energy(.day) == accounts.energy(.hour))
    }

    @Test("is divided among the hours it touches by their seconds")
    func division() throws {
        let accounts = try accounts(from: 1800, to: 9000, wattHours: 1000)
        let parts = accounts.all(.hour).map { $0.rollup.energy.corrected }

        #expect(parts == [250 * perWattHour, 500 * perWattHour, 250 * perWattHour, nil])
    }

    @Test("is not counted again by the counter that goes on after it")
    func counter() throws {
        let accounts = try accounts(from: 3600, to: 7200, wattHours: 0)

        // 60 minutes before and after at 1200 W.
        #expect(abs(accounts.kilowattHours(.month) - 2.4) < 0.001)
        #expect(accounts.remarks.isEmpty)
    }

    @Test("is reached by power held constant on both sides, up to the maximum gap", arguments: [20, 170])
    func edges(seconds: Int64) throws {
        var near = Accounts(try calendar("UTC"), [])
        near.enter(sample(start, 0, watts: 600))
        near.enter(Correction(start: start + seconds, end: start + 1000, energy: 0))
        near.enter(sample(start, 1000 + seconds, watts: 900))

        let hour = try #require(near.all(.hour).first?.rollup)
        #expect(hour.coveredSeconds == 1000 + seconds)
        #expect(hour.energy.integrated == 1_500_000 * seconds)
    }

    @Test("is not reached by readings further away than the maximum gap")
    func distantReadings() throws {
        var accounts = Accounts(try calendar("UTC"), [sample(start, 0, watts: 600)])
        accounts.enter(Correction(start: start + 181, end: start + 1000, energy: 5))
        accounts.enter(sample(start, 1181, watts: 900))
        accounts.enter(sample(start, 1241, watts: 900))

        let hour = try #require(accounts.all(.hour).first?.rollup)
        #expect(hour.coveredSeconds == 879)
        #expect(hour.energy.corrected == 5)
        #expect(hour.energy.integrated == 54_000_000)
    }

    @Test("before the first reading, after the last one and next to another is entered all the same")
    func alone() throws {
        var accounts = Accounts(try calendar("UTC"), [])
        accounts.enter(Correction(start: start, end: start + 60, energy: 100))
        accounts.enter(Correction(start: start + 60, end: start + 120, energy: 200))
        accounts.enter(sample(start, 120, watts: 900))
        accounts.enter(Correction(start: start + 180, end: start + 240, energy: 300))

        let hour = try #require(accounts.all(.hour).first?.rollup)
        #expect(hour.energy.corrected == 600)
        #expect(hour.coveredSeconds == 240)
        #expect(hour.energy.integrated == 54_000_000)
        #expect(hour.readings == 1)
    }

    @Test("without energy leaves a gap, which the counter bridges")
    func exclusion() throws {
        let accounts = try accounts(from: 3600, to: 7200, wattHours: nil)
        let hours = accounts.all(.hour).map(\.rollup)

        #expect(hours[1].readings == 0)
        #expect(hours[1].coveredSeconds == 0)
        #expect(hours[1].interpolatedSeconds == 3600)
        #expect(abs(accounts.kilowattHours(.month) - 3.6) < 0.01)
    }

    @Test("without energy and without a counter is unknown")
    func exclusionWithoutCounter() throws {
        let accounts = try accounts(from: 3600, to: 7200, wattHours: nil) { $0.showsCounter = false }
        let hours = accounts.all(.hour)

        #expect(hours.map(\.bucket.start) == [start, start + 7200, start + 10_800])
        #expect(abs(accounts.kilowattHours(.month) - 2.38) < 0.001)
    }

    @Test("is not touched by a reading inside that comes all the same")
    func readingInside() throws {
        var accounts = Accounts(try calendar("UTC"), [sample(start, 0, watts: 600)])
        accounts.enter(Correction(start: start + 60, end: start + 600, energy: 100))
        let before = accounts.rollups
        accounts.enter(sample(start, 300, watts: 900))

        #expect(accounts.rollups == before)
        #expect(accounts.state?.enteredUntil == start + 600)
    }
}
