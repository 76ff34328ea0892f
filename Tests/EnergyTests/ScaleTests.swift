import Basics
import Energy
import Testing

@Suite("The scales of counter and power")
struct ScaleTests {
    private let start = UnixTime(1_704_067_200)  // 2024-01-01T00:00:00Z

    /// A day at 1 kW with readings whose counter is multiplied by `counter`, and power by `power`.
    private func accounts(
        counter: Double,
        power: Double,
        step: Int,
        restMinutes: Int = 0,
        pause: Int = 1
    ) throws -> Accounts {
        var meter = Meter(at: start, wattHours: 0)
        meter.watts = 1000
        meter.step = step
        meter.limit = nil
        func read(minutes: Int, _ counter: Double, _ power: Double) {
            for minute in 0..<minutes {
                meter.pass(minutes: 1)
                if minute % pause == 0 {
                    meter.shows = Int(Double(meter.stands) / 1000 * counter) / step * step
                }
                meter.power = Int(1000 * power)
                meter.read()
            }
        }
        read(minutes: 1440, counter, power)
        if restMinutes > 0 {
            meter.since = "another"
            read(minutes: restMinutes, 1, 1)
        }
        return Accounts(try calendar("UTC"), meter.samples)
    }

    @Test(
        "that agree within a factor of two are not suspected",
        arguments: [(1.0, 1.0), (1.0, 0.6), (1.0, 1.7), (1.7, 1.0)],
        [1, 100]
    )
    func agreement(factors: (counter: Double, power: Double), step: Int) throws {
        let accounts = try accounts(counter: factors.counter, power: factors.power, step: step)

        #expect(accounts.remarks.isEmpty)
    }

    @Test(
        "that differ by ten or a thousand are suspected once",
        arguments: [(10, 1), (1, 10), (0.001, 1), (1, 0.001), (1, 0)],
        [1, 100]
    )
    func difference(factors: (counter: Double, power: Double), step: Int) throws {
        let accounts = try accounts(counter: factors.counter, power: factors.power, step: step)

        #expect(accounts.words == ["scale_suspected"])
        #expect(accounts.state?.counter?.isScaleSuspect == true)
    }

    @Test("are told with both amounts")
    func amounts() throws {
        let accounts = try accounts(counter: 1, power: 10, step: 100)

        guard case .scaleSuspected(let counted, let integrated)? = accounts.remarks.first else {
            Issue.record("\(accounts.remarks)")
            return
        }
        #expect(counted > FixedPoint(0) && integrated >= FixedPoint(2000))
        #expect(abs(integrated.doubleValue / counted.doubleValue - 10) < 1)
    }

    @Test("are settled once they agree again, across a reset")
    func settled() throws {
        let accounts = try accounts(counter: 1, power: 10, step: 100, restMinutes: 1440)

        #expect(accounts.words == ["scale_suspected", "counter_reset", "scale_settled"])
        #expect(accounts.state?.counter?.isScaleSuspect == false)
    }

    @Test("of a counter that moves every quarter of an hour are not suspected", arguments: [1, 10, 100])
    func lazyCounter(step: Int) throws {
        let accounts = try accounts(counter: 1, power: 1, step: step, pause: 15)

        #expect(accounts.remarks.isEmpty)
    }

    @Test("of another unit are not suspected on account of the one before")
    func swap() throws {
        var meter = Meter(at: start, wattHours: 0)
        meter.power = 12_000
        meter.limit = nil
        meter.run(minutes: 600)
        meter.unit = "SN2"
        meter.power = nil
        meter.run(minutes: 600)
        let accounts = Accounts(try calendar("UTC"), meter.samples)

        #expect(accounts.words == ["scale_suspected", "unit_replaced"])
        #expect(accounts.state?.counter?.isScaleSuspect == false)
    }

    @Test("of a counter that is not always read are compared over the time between")
    func hiddenCounter() throws {
        var meter = Meter(at: start, wattHours: 0)
        meter.step = 1
        for minute in 0..<600 {
            meter.showsCounter = minute % 4 == 0
            meter.run(minutes: 1)
        }
        let accounts = Accounts(try calendar("UTC"), meter.samples)

        #expect(accounts.remarks.isEmpty)
    }
}
