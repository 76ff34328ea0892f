package import Basics

/// The rules by which readings become energy.
package struct LedgerPolicy: Hashable, Sendable {
    /// How far above what its circuit is rated for a power, or the mean power of a counter's rise, is still believed:
    /// one and a half times.
    package static let margin: (numerator: Int64, denominator: Int64) = (3, 2)
    /// What is taken for the rating where none is known: 250 kW, more than any rack PDU carries.
    package static let largestPower = FixedPoint(250_000)
    /// Seconds in which a jump of a counter that is withheld may prove true: a day.
    package static let provingTime: Int64 = 86_400
    /// Seconds that a counter may take its time, showing one value while energy flows: an hour.
    package static let longestPause: Int64 = 3600

    /// Seconds beyond which nothing is known of the time between two readings.
    package var maximumGap: Int64

    /// A policy of `maximumGap` seconds.
    package init(maximumGap: Int64) {
        self.maximumGap = maximumGap
    }

    /// The highest power, in thousandths of a watt, that the ledger takes for a measurement of a circuit that carries
    /// `limit`; nothing is known of the circuit when that is absent.
    package static func largestBelieved(limit: FixedPoint?) -> Int64 {
        Plausibility.largest(limit)
    }

    /// Whether the ledger takes `power` for a measurement of a circuit that carries `limit`; nothing is known of the
    /// circuit when that is absent.
    package static func believes(_ power: FixedPoint, limit: FixedPoint?) -> Bool {
        power.thousandths.magnitude <= UInt64(largestBelieved(limit: limit))
    }
}
