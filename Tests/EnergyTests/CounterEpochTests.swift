import Basics
import Energy
import Testing

@Suite("A counter's epochs")
struct CounterEpochTests {
    private let start = UnixTime(1_704_067_200)  // 2024-01-01T00:00:00Z

    /// Two hours at 1200 W, 2.4 kWh, with something done to the meter after the first.
    private func hours(
        from wattHours: Int,
        _ change: (inout Meter) -> Void,
        set: (inout Meter) -> Void = { _ in }
    ) throws -> Accounts {
        var meter = Meter(at: start, wattHours: wattHours)
        set(&meter)
        meter.run(minutes: 60)
        change(&meter)
        meter.run(minutes: 60)
        return Accounts(try calendar("UTC"), meter.samples)
    }

    private func expectTwoHours(_ accounts: Accounts) {
        #expect(accounts.entered.allSatisfy { $0 >= 0 && $0 <= 120 * perWattHour })
        #expect(abs(accounts.kilowattHours(.month) - 2.4) <= 0.1)
    }

    @Test("a drop to 0 is a reset: nothing negative, nothing giant, the energy before stays")
    func dropToZero() throws {
        let accounts = try hours(from: 900_000) { $0.stands = 0 }

        expectTwoHours(accounts)
        #expect(accounts.remarks == [.counterReset(from: FixedPoint(901_200), to: FixedPoint(0))])
        #expect(accounts.state?.counter?.epochStart == FixedPoint(0))
    }

    @Test("a drop to 5 is a reset that was read a little later")
    func dropToFive() throws {
        let accounts = try hours(from: 900_000) { meter in
            meter.step = 1
            meter.stands = 5000
        }

        expectTwoHours(accounts)
        #expect(accounts.words == ["counter_reset"])
    }

    @Test("a counter whose reset time changes begins an epoch, even where it stands higher")
    func resetTime() throws {
        let accounts = try hours(from: 1000) { meter in
            meter.since = "01/01/2024 01:00:30"
            meter.stands = 50_000_000
        }

        expectTwoHours(accounts)
        #expect(accounts.words == ["counter_reset"])
    }

    @Test("a reset time or a serial number that was not read is no other one")
    func unknownIdentity() throws {
        let accounts = try hours(from: 1000) { meter in
            meter.since = nil
            meter.unit = nil
            meter.run(minutes: 1)
            meter.since = "01/01/2024 00:00:00"
            meter.unit = "SN1"
        }

        #expect(accounts.remarks.isEmpty)
        #expect(abs(accounts.kilowattHours(.month) - 2.42) <= 0.1)
    }

    @Test(
        "another unit behind the same name begins an epoch, wherever its counter stands",
        arguments: [100, 1200, 5_000_000]
    )
    func swap(wattHours: Int) throws {
        let accounts = try hours(from: 1000) { meter in
            meter.unit = "SN2"
            meter.stands = wattHours * 1000
        }

        expectTwoHours(accounts)
        #expect(accounts.remarks == [.unitReplaced(from: "SN1", to: "SN2")])
        #expect(accounts.state?.counter?.unit == "SN2")
    }

    @Test("a counter that rolls over at 2³² goes on: the energy is its difference through 0")
    func rollOver() throws {
        // In steps of 0.1 kWh.
        let maximum = 429_496_729_500
        let accounts = try hours(from: maximum - 1200) { _ in
        } set: { meter in
            meter.maximum = maximum
        }

        expectTwoHours(accounts)
        #expect(
            accounts.remarks == [.counterRolledOver(from: FixedPoint(429_496_729_400), to: FixedPoint(0))]
        )
        let counter = try #require(accounts.state?.counter)
        #expect(counter.value.thousandths - counter.epochStart.thousandths == 2400 * 1000)
        #expect(counter.epochStart < FixedPoint(0))
    }

    @Test("a roll-over inside a gap is bridged like any other")
    func rollOverInGap() throws {
        var meter = Meter(at: start, wattHours: 9_998_000)
        meter.step = 1
        meter.maximum = 9_999_000
        meter.run(minutes: 10)
        meter.pass(minutes: 120)
        meter.run(minutes: 10)
        let accounts = Accounts(try calendar("UTC"), meter.samples)

        #expect(accounts.words == ["counter_rolled_over"])
        #expect(abs(accounts.kilowattHours(.month) - 2.8) <= 0.01)
    }

    @Test("a counter rolls over again and again")
    func rollOverOften() throws {
        var meter = Meter(at: start, wattHours: 0)
        meter.step = 1
        meter.maximum = 9999
        meter.run(minutes: 2000)
        let accounts = Accounts(try calendar("UTC"), meter.samples)

        #expect(accounts.words == Array(repeating: "counter_rolled_over", count: 4))
        #expect(abs(accounts.kilowattHours(.month) - 40) <= 0.01)
    }

    @Test("a counter that falls far from its maximum was reset, not rolled over")
    func resetBelowMaximum() throws {
        let accounts = try hours(from: 5_000_000) { meter in
            meter.stands = 0
        } set: { meter in
            meter.maximum = 9_999_000
        }

        expectTwoHours(accounts)
        #expect(accounts.words == ["counter_reset"])
    }

    @Test("near its maximum, but further on than the circuit can have drawn, it was reset too")
    func resetNearMaximum() throws {
        let accounts = try hours(from: 9_900_000) { meter in
            meter.stands = 0
        } set: { meter in
            meter.maximum = 9_999_900
        }

        expectTwoHours(accounts)
        #expect(accounts.words == ["counter_reset"])
    }

    @Test("a counter that sticks at its maximum says nothing: power counts")
    func stuckAtMaximum() throws {
        let accounts = try hours(from: 9_990_000) { meter in
            meter.shows = 9_999_000
        } set: { meter in
            meter.maximum = 9_999_000
        }

        expectTwoHours(accounts)
        #expect(accounts.remarks.isEmpty)
    }

    @Test("a restart that shows 0 once and then the old value again does not count the old value")
    func dip() throws {
        var meter = Meter(at: start, wattHours: 60_000)
        meter.run(minutes: 60)
        meter.shows = 0
        meter.run(minutes: 1)
        meter.shows = nil
        meter.run(minutes: 3 * 1440)
        let accounts = Accounts(try calendar("UTC"), meter.samples)

        // 60 kWh could have been drawn in a day; but power, which was known all the time, says otherwise.
        #expect(accounts.words == ["counter_reset", "jump_withheld", "jump_dismissed"])
        #expect(abs(accounts.kilowattHours(.month) - 87.6) <= 0.2)
    }

    @Test("values beyond all sense are not counted and overflow nothing")
    func absurd() throws {
        let large = [Int64.max, 9_000_000_000_000_000, Int64.min, -1, 0].map { FixedPoint(thousandths: $0) }
        var samples: [MeterSample] = []
        for minute in 0..<200 {
            samples.append(
                MeterSample(
                    at: start + Int64(minute) * 60,
                    power: large[minute % 5],
                    counter: large[minute % 3],
                    counterResolution: FixedPoint(1_000_000),
                    powerLimit: minute % 7 == 0 ? FixedPoint(thousandths: .max) : nil
                )
            )
        }
        let accounts = Accounts(try calendar("UTC"), samples)

        #expect(abs(accounts.kilowattHours(.month)) < 1)
    }
}
