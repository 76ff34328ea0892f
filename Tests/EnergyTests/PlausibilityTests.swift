import Basics
import Energy
import Testing

@Suite("What no circuit can have drawn")
struct PlausibilityTests {
    private let start = UnixTime(1_704_067_200)  // 2024-01-01T00:00:00Z

    private func accounts(_ meter: Meter) throws -> Accounts {
        Accounts(try calendar("UTC"), meter.samples)
    }

    @Test("a single wild value is withheld, and dismissed when the counter comes back")
    func glitch() throws {
        var meter = Meter(at: start, wattHours: 50_000)
        meter.run(minutes: 60)
        meter.shows = 8_000_000
        meter.run(minutes: 1)
        meter.shows = nil
        meter.run(minutes: 59)
        let accounts = try accounts(meter)

        let before = FixedPoint(51_200)
        let after = FixedPoint(8_000_000)
        // A minute at one and a half times 3680 W, and two steps.
        let limit = FixedPoint(292)
        #expect(
            accounts.remarks == [
                .jumpWithheld(from: before, to: after, limit: limit), .jumpDismissed(from: before, to: after),
            ]
        )
        #expect(abs(accounts.kilowattHours(.month) - 2.4) <= 0.1)
        #expect(accounts.state?.counter?.epochStart == FixedPoint(50_000))
    }

    @Test("a step or a maximum that no counter has is passed over", arguments: [.min, -1, 0, 1 << 50, .max])
    func impossibleStep(thousandths: Int64) throws {
        var meter = Meter(at: start, wattHours: 50_000)
        meter.step = 1
        meter.run(minutes: 30)
        // A rise that nobody believes, and a fall: both ask what the step and the maximum allow.
        meter.shows = 9_000_000
        meter.run(minutes: 1)
        meter.shows = 5
        meter.run(minutes: 1)
        meter.shows = nil
        meter.run(minutes: 28)
        let asUsual = try accounts(meter)
        let odd = meter.samples.map { sample in
            var sample = sample
            sample.counterResolution = FixedPoint(thousandths: thousandths)
            sample.counterMaximum = FixedPoint(thousandths: thousandths)
            return sample
        }
        let accounts = Accounts(try calendar("UTC"), odd)

        #expect(accounts.kilowattHours(.month) == asUsual.kilowattHours(.month))
        #expect(accounts.remarks == asUsual.remarks)
    }

    @Test("a jump ×1000 is withheld once a day, and its energy comes from power")
    func thousandfold() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.run(minutes: 60)
        for _ in 0..<(3 * 1440) {
            meter.pass(minutes: 1)
            meter.shows = meter.wattHours * 1000
            meter.read()
        }
        let accounts = try accounts(meter)

        #expect(accounts.words.count { $0 == "jump_withheld" } == 3)
        #expect(accounts.words.count { $0 == "jump_dismissed" } == 2)
        #expect(accounts.words.count == 5)
        #expect(abs(accounts.kilowattHours(.month) - 87.6) <= 0.1)
        #expect(accounts.all(.hour).allSatisfy { ($0.rollup.energy.kilowattHours ?? 0) < 1.31 })
    }

    @Test("a jump that stays is given up after a day: the counter counts on from where it stood then")
    func permanentJump() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.run(minutes: 60)
        meter.stands += 4_000_000_000
        meter.run(minutes: 2880)
        let accounts = try accounts(meter)

        #expect(accounts.words == ["jump_withheld", "jump_dismissed"])
        #expect(abs(accounts.kilowattHours(.month) - 58.8) <= 0.1)
        let counter = try #require(accounts.state?.counter)
        #expect(counter.withheld == nil)
        #expect(counter.epochStart == FixedPoint(4_002_200))
        // The day in which the jump was withheld belongs to the new epoch.
        let shown = (counter.value.thousandths - counter.epochStart.thousandths) * 3600
        #expect(shown >= 57_500 * perWattHour)
        #expect(abs(counter.epochEnergy - shown) <= 60 * perWattHour)
    }

    @Test("a jump that stays costs not a watt-hour")
    func exactPermanentJump() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.step = 1
        meter.run(minutes: 60)
        meter.stands += 4_000_000_000
        meter.run(minutes: 2880)

        #expect(abs(try accounts(meter).kilowattHours(.month) - 58.8) <= 0.002)
    }

    @Test("without power, a jump's day is not lost: the counter's rise since the jump is counted after it")
    func permanentJumpWithoutPower() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.showsPower = false
        meter.run(minutes: 60)
        meter.stands += 4_000_000_000
        meter.run(minutes: 2880)
        let accounts = try accounts(meter)

        #expect(accounts.words == ["jump_withheld", "jump_dismissed"])
        // All but the minute of the jump.
        #expect(abs(accounts.kilowattHours(.month) - 58.78) <= 0.2)
        #expect(accounts.all(.day).first.map { $0.rollup.interpolatedSeconds } ?? 0 > 80_000)
    }

    @Test(
        "a clock that stepped back by an hour makes a rise that proves true: it is counted, with no seconds"
    )
    func clockStepsBack() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.run(minutes: 60)
        // An hour passes that the clock has had already.
        meter.stands += 1200 * 1000
        meter.run(minutes: 120)
        let accounts = try accounts(meter)

        #expect(accounts.words == ["jump_withheld", "jump_confirmed"])
        #expect(abs(accounts.kilowattHours(.month) - 4.8) <= 0.1)
        let day = try #require(accounts.all(.day).first?.rollup)
        #expect(day.coveredSeconds == 3 * 3600)
        #expect(day.interpolatedSeconds == 0)
        #expect((day.energy.interpolated ?? 0) >= 1100 * perWattHour)
        #expect(day.meanWatts == 1200)
    }

    @Test("a further rise while one is withheld changes nothing; the way back ends both")
    func furtherRise() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.run(minutes: 60)
        for value in [5_000_000, 6_000_000, 7_000_000] {
            meter.shows = value
            meter.run(minutes: 5)
        }
        meter.shows = nil
        meter.run(minutes: 45)
        let accounts = try accounts(meter)

        #expect(accounts.words == ["jump_withheld", "jump_dismissed"])
        #expect(abs(accounts.kilowattHours(.month) - 2.4) <= 0.1)
    }

    @Test("a fall from one wild value to another ends the first and withholds the second")
    func wildFall() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.run(minutes: 60)
        meter.shows = 7_000_000
        meter.run(minutes: 5)
        meter.shows = 5_000_000
        meter.run(minutes: 55)
        let accounts = try accounts(meter)

        #expect(accounts.words == ["jump_withheld", "jump_dismissed", "jump_withheld"])
        #expect(abs(accounts.kilowattHours(.month) - 2.4) <= 0.1)
    }

    @Test("a fall below the old value while a jump is withheld is a reset")
    func resetWhileWithheld() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.run(minutes: 60)
        meter.shows = 7_000_000
        meter.run(minutes: 5)
        meter.shows = nil
        meter.stands = 0
        meter.run(minutes: 55)
        let accounts = try accounts(meter)

        #expect(accounts.words == ["jump_withheld", "jump_dismissed", "counter_reset"])
        #expect(abs(accounts.kilowattHours(.month) - 2.4) <= 0.1)
    }

    @Test("a reset to the old value of a counter that came back from 0 costs nothing")
    func resetAfterDip() throws {
        var meter = Meter(at: start, wattHours: 2_000_000)
        meter.run(minutes: 60)
        meter.shows = 0
        meter.run(minutes: 1)
        meter.shows = nil
        // Withheld for ten hours, in which power makes 12 kWh; then it truly falls to 0.
        meter.run(minutes: 600)
        meter.stands = 0
        meter.run(minutes: 59)
        let accounts = try accounts(meter)

        #expect(accounts.words == ["counter_reset", "jump_withheld", "jump_dismissed", "counter_reset"])
        #expect(abs(accounts.kilowattHours(.month) - 14.4) <= 0.1)
    }

    @Test("a gap while a jump is withheld is bridged when the counter comes back")
    func gapWhileWithheld() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.run(minutes: 60)
        meter.shows = 7_000_000
        meter.run(minutes: 5)
        meter.shows = nil
        meter.pass(minutes: 175)
        meter.run(minutes: 10)
        let accounts = try accounts(meter)

        #expect(accounts.words == ["jump_withheld", "jump_dismissed"])
        #expect(abs(accounts.kilowattHours(.month) - 5.0) <= 0.1)
        let seconds = accounts.all(.day).map(\.rollup.interpolatedSeconds)
        #expect(seconds == [10_560])
    }

    @Test("no power while a jump is withheld: the counter that comes back tells of the whole time")
    func noPowerWhileWithheld() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.showsPower = false
        meter.run(minutes: 60)
        meter.shows = 7_000_000
        meter.run(minutes: 60)
        meter.shows = nil
        meter.run(minutes: 60)
        let accounts = try accounts(meter)

        #expect(accounts.words == ["jump_withheld", "jump_dismissed"])
        #expect(abs(accounts.kilowattHours(.month) - 3.6) <= 0.1)
        let seconds = accounts.all(.day).map(\.rollup.interpolatedSeconds)
        #expect(seconds == [3660])
    }

    @Test(
        "a counter that moves every quarter of an hour is believed, and its hours are right",
        arguments: [true, false]
    )
    func lazyCounter(showsPower: Bool) throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.watts = 3600
        meter.step = 1
        meter.showsPower = showsPower
        meter.shows = 1000
        for minute in 1...600 {
            meter.pass(minutes: 1)
            if minute % 15 == 8 { meter.shows = meter.wattHours }
            meter.read()
        }
        let accounts = try accounts(meter)

        let hours = accounts.all(.hour).dropFirst().dropLast(2)
        #expect(accounts.remarks.isEmpty)
        #expect(hours.count >= 7)
        #expect(hours.allSatisfy { abs(($0.rollup.energy.kilowattHours ?? 0) - 3.6) < 0.01 })
        // Between two of its moves as well.
        let minutes = accounts.explanation(from: start + 7260, to: start + 7560)
        #expect(abs((minutes.rollup.energy.kilowattHours ?? 0) - 0.3) < 0.03)
    }

    @Test("a circuit at rest for a week has no week's worth of energy at once")
    func afterRest() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.watts = 0
        meter.run(minutes: 7 * 1440)
        meter.shows = 101_000
        meter.run(minutes: 60)
        let accounts = try accounts(meter)

        #expect(accounts.words == ["jump_withheld"])
        #expect(accounts.kilowattHours(.month) <= 0.05)
    }

    @Test("where nothing is known of the circuit, only what no rack PDU carries is withheld")
    func unknownLimit() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.limit = nil
        meter.watts = 200_000
        meter.run(minutes: 60)
        #expect(try accounts(meter).remarks.isEmpty)

        meter.stands += 50_000_000
        meter.run(minutes: 1)
        #expect(try accounts(meter).words == ["jump_withheld"])
    }

    @Test("a power that the circuit cannot carry is no reading, and remarked on once in a series")
    func wildPower() throws {
        var meter = Meter(at: start, wattHours: 1000)
        meter.showsCounter = false
        meter.run(minutes: 10)
        meter.power = 120_000
        meter.run(minutes: 1)
        meter.power = nil
        meter.run(minutes: 9)
        meter.power = 120_000
        meter.run(minutes: 10)
        meter.power = nil
        meter.run(minutes: 30)
        let accounts = try accounts(meter)
        let hour = try #require(accounts.all(.hour).first?.rollup)

        let remark = LedgerRemark.powerWithheld(power: FixedPoint(120_000), limit: FixedPoint(3680))
        #expect(accounts.remarks == [remark, remark])
        #expect(hour.maximum?.power == FixedPoint(1200))
        #expect(hour.readings == 49)
        #expect(hour.powerSum == 49 * 1_200_000)
        // Two minutes about a single one are no longer than the maximum gap; ten are.
        #expect(hour.coveredSeconds == 49 * 60)
        #expect(hour.energy.integrated == hour.coveredSeconds * 1_200_000)
        #expect(accounts.state?.isPowerWithheld == false)
    }

    @Test("up to the margin, a power is believed", arguments: [(5520, true), (-5520, true), (5521, false)])
    func margin(watts: Int, isBelieved: Bool) {
        #expect(LedgerPolicy.believes(FixedPoint(watts), limit: FixedPoint(3680)) == isBelieved)
    }
}
