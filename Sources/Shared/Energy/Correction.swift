package import Basics

/// What a person said about a range of an element that was read wrongly.
package struct Correction: Hashable, Sendable {
    /// The first moment of the range.
    package var start: UnixTime
    /// The first moment after it.
    package var end: UnixTime
    /// The energy to be counted for the range, in thousandths of a watt-second, spread evenly; absent: what was read
    /// in the range is taken for not read.
    package var energy: Int64?

    /// A correction of the range from `start` up to, not including, `end`.
    package init(start: UnixTime, end: UnixTime, energy: Int64?) {
        self.start = start
        self.end = end
        self.energy = energy
    }

    /// Whether a reading at `time` is taken for not read.
    package func excludes(_ time: UnixTime) -> Bool {
        start <= time && time < end
    }
}
