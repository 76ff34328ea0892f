import Basics
import Energy
import Testing

@Suite("The ledger")
struct LedgerTests {
    private let start = UnixTime(1_704_067_200)  // 2024-01-01T00:00:00Z

    @Test("a steady kilowatt for a day is 24 kWh, an hour 1 kWh")
    func steady() throws {
        let samples = (0...1440).map { sample(start, Int64($0) * 60, watts: 1000) }
        let accounts = Accounts(try calendar("Europe/London"), samples)

        let days = accounts.all(.day)
        #expect(accounts.all(.hour).dropLast().allSatisfy { $0.rollup.energy.integrated == 3_600_000_000 })
        #expect(days.first?.rollup.energy.kilowattHours == 24)
        #expect(days.first?.rollup.coveredSeconds == 86_400)
        #expect(days.first?.rollup.meanWatts == 1000)
        #expect(days.first?.rollup.readings == 1440)
    }

    @Test("half as many readings are the same energy", arguments: [60, 120, 180])
    func sampling(interval: Int64) throws {
        let samples = stride(from: Int64(0), through: 86_400, by: Int64.Stride(interval)).map {
            sample(start, $0, watts: 500)
        }

        #expect(Accounts(try calendar("UTC"), samples).kilowattHours(.month) == 12)
    }

    @Test("an idle PDU draws nothing, and that is known")
    func idle() throws {
        let samples = (0...60).map { sample(start, Int64($0) * 60, watts: 0) }
        let hour = try #require(Accounts(try calendar("UTC"), samples).all(.hour).first?.rollup)

        #expect(hour.energy.total == 0)
        #expect(hour.coveredSeconds == 3600)
        #expect(hour.maximum?.power == FixedPoint(0))
    }

    @Test("without a counter a gap is unknown: no energy, no coverage")
    func gapWithoutCounter() throws {
        let times: [Int64] = [0, 60, 120, 3000, 3060]
        let accounts = Accounts(try calendar("UTC"), times.map { sample(start, $0, watts: 600) })
        let hour = try #require(accounts.all(.hour).first?.rollup)

        #expect(hour.coveredSeconds == 180)
        #expect(hour.energy.total == 108_000_000)
        #expect(hour.energy.interpolated == nil)
    }

    @Test("with a counter a gap's energy is known, spread over its hours and marked")
    func gapWithCounter() throws {
        let samples = [
            sample(start, 0, watts: 1000, wattHours: 5000), sample(start, 60, watts: 1000, wattHours: 5000),
            sample(start, 7260, watts: 1000, wattHours: 7000),
            sample(start, 7320, watts: 1000, wattHours: 7000),
        ]
        let accounts = Accounts(try calendar("UTC"), samples)

        let hours = accounts.all(.hour).map(\.rollup)
        #expect(hours.count == 3)
        #expect(hours.map(\.interpolatedSeconds) == [3540, 3600, 60])
        // 2000 Wh in all, of which a minute at 1 kW was integrated before the gap.
        #expect(hours.compactMap(\.energy.interpolated).reduce(0, +) == 2_000_000 * 3600 - 60_000_000)
        #expect(abs(Double(hours[1].energy.interpolated ?? 0) / 3.6e9 - 0.9917) < 0.001)
    }

    @Test("a coarse counter at low power moves once an hour, and the hours still look right")
    func coarseCounter() throws {
        let samples = (0...6000).map { minute in
            let wattHours = minute * 100 / 60 + 37
            return sample(start, Int64(minute) * 60, watts: 100, wattHours: wattHours / 100 * 100)
        }
        let hours = Accounts(try calendar("UTC"), samples).all(.hour).dropLast()

        #expect(hours.allSatisfy { abs(($0.rollup.energy.kilowattHours ?? 0) - 0.1) < 0.051 })
        #expect(hours.dropFirst(2).allSatisfy { abs(($0.rollup.energy.kilowattHours ?? 0) - 0.1) < 0.001 })
    }

    @Test("where power and counter disagree, the counter is the truth")
    func counterWins() throws {
        // Power reads ten per cent low.
        let samples = (0...1440).map { minute in
            sample(start, Int64(minute) * 60, watts: 900, wattHours: minute * 1000 / 60 / 100 * 100)
        }
        let accounts = Accounts(try calendar("UTC"), samples)

        #expect(abs(accounts.kilowattHours(.month) - 24) <= 0.1)
        #expect(accounts.all(.hour).first?.rollup.meanWatts == 900)
    }

    @Test("a counter that falls opens a new epoch: nothing negative, nothing lost before")
    func reset() throws {
        let samples = [
            sample(start, 0, watts: 1000, wattHours: 900_000),
            sample(start, 60, watts: 1000, wattHours: 900_100),
            sample(start, 120, watts: 1000, wattHours: 0), sample(start, 180, watts: 1000, wattHours: 0),
        ]
        let accounts = Accounts(try calendar("UTC"), samples)

        #expect(accounts.entered.allSatisfy { $0 >= 0 })
        // Half a step of the counter, then a minute integrated, then a minute within the new epoch's step.
        let expected: [Int64] = [0, 50 * 3_600_000, 60_000_000, 60_000_000]
        #expect(accounts.entered == expected)
        #expect(accounts.state?.counter?.epochStart == FixedPoint(0))
    }

    @Test("a counter whose reset time changes opens a new epoch even if it stands higher")
    func resetTimeChanges() throws {
        var samples = (0...2).map { sample(start, Int64($0) * 60, watts: 60, wattHours: 1000, step: 1) }
        samples[0].counterSince = "01/01/2020 00:00:00"
        samples[1].counterSince = "01/01/2020 00:00:00"
        samples[2].counterSince = "01/01/2024 00:01:30"
        samples[2].counter = FixedPoint(50_000)
        let accounts = Accounts(try calendar("UTC"), samples)

        #expect(accounts.entered[2] == 60 * 60_000)
        #expect(accounts.state?.counter?.epochStart == FixedPoint(50_000))
    }

    @Test("a sample that is not later than the last one changes nothing")
    func clockStepsBack() throws {
        var accounts = Accounts(
            try calendar("UTC"),
            [sample(start, 0, watts: 1000), sample(start, 60, watts: 1000)]
        )
        let before = accounts.rollups

        accounts.enter(sample(start, 60, watts: 9000))
        accounts.enter(sample(start, -600, watts: 9000))

        #expect(accounts.rollups == before)
        #expect(accounts.state?.lastAt == start + 60)
    }

    @Test("a reading without power is no reading of zero")
    func unknownPower() throws {
        let samples = [0, 60, 120, 180].map { sample(start, $0, watts: $0 == 60 ? nil : 1000) }
        let hour = try #require(Accounts(try calendar("UTC"), samples).all(.hour).first?.rollup)

        #expect(hour.readings == 3)
        #expect(hour.minimum?.power == FixedPoint(1000))
        #expect(hour.energy.total == 180_000_000)
        #expect(hour.coveredSeconds == 180)
    }

    @Test(
        "a counter without power still gives energy, evenly, and nothing is counted twice when power returns"
    )
    func counterWithoutPower() throws {
        let samples = [
            sample(start, 0, watts: 600, wattHours: 100, step: 1),
            sample(start, 60, watts: nil, wattHours: 110, step: 1),
            sample(start, 120, watts: 600, wattHours: 120, step: 1),
            sample(start, 180, watts: 600, wattHours: 130, step: 1),
        ]
        let accounts = Accounts(try calendar("UTC"), samples)

        #expect(accounts.energy(.hour) == 30 * 3_600_000)
        #expect(accounts.all(.hour).first?.rollup.coveredSeconds == 180)
    }

    @Test("an hour that has one reading so far has a mean but no energy")
    func firstReading() throws {
        let rollup = try #require(
            Accounts(try calendar("UTC"), [sample(start, 0, watts: 42)]).all(.hour).first?.rollup
        )

        #expect(rollup.energy.total == nil)
        #expect(rollup.meanWatts == 42)
    }
}
