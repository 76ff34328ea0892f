import Basics
import Energy

/// A circuit with a steady load whose counter can be told to misbehave, read once a minute.
struct Meter {
    /// The load in watts.
    var watts = 1200
    /// What the counter stands at, in thousandths of a watt-hour.
    var stands: Int
    /// What the power is read as, where that is not the load.
    var power: Int?
    /// Whether power is read at all.
    var showsPower = true
    /// What the counter is read as, in watt-hours, where that is not what it stands at.
    var shows: Int?
    /// Whether the counter is read at all.
    var showsCounter = true
    var step = 100
    var maximum: Int?
    var limit: Int? = 3680
    var since: String? = "01/01/2024 00:00:00"
    var unit: String? = "SN1"
    private(set) var now: UnixTime
    private(set) var samples: [MeterSample] = []

    /// A circuit whose counter stands at `wattHours`.
    init(at start: UnixTime, wattHours: Int) {
        now = start
        stands = wattHours * 1000
        read()
    }

    /// What the counter stands at, in watt-hours, at the beginning of the step at hand.
    var wattHours: Int { stands / 1000 / step * step }

    /// Lets `minutes` pass, and reads at the end of each.
    mutating func run(minutes: Int) {
        for _ in 0..<minutes {
            pass(minutes: 1)
            read()
        }
    }

    /// Lets `minutes` pass without reading.
    mutating func pass(minutes: Int) {
        now = now + Int64(minutes) * 60
        stands += watts * 1000 * minutes / 60
        if let maximum { stands %= (maximum + step) * 1000 }
    }

    mutating func read() {
        samples.append(
            MeterSample(
                at: now,
                power: showsPower ? FixedPoint(power ?? watts) : nil,
                counter: showsCounter ? FixedPoint(shows ?? wattHours) : nil,
                counterResolution: FixedPoint(step),
                counterSince: since,
                counterMaximum: maximum.map { FixedPoint($0) },
                powerLimit: limit.map { FixedPoint($0) },
                unit: unit
            )
        )
    }
}
