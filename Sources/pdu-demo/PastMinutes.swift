import Basics

/// The minutes of the made-up past: every quarter of an hour long ago, every minute lately.
struct PastMinutes {
    /// Minutes with the same interval between runs.
    struct Stretch {
        /// Seconds between runs.
        let interval: Int64
        let minutes: [UnixTime]
    }

    let stretches: [Stretch]

    private static let coarseInterval: Int64 = 900
    private static let fineSeconds: Int64 = 8 * 86_400

    /// From `start` up to and including `end`, both rounded to minutes.
    ///
    /// No two minutes are further apart than the interval of the later one's stretch.
    init(from start: UnixTime, through end: UnixTime) {
        let last = end.floored(to: 60)
        let boundary = max(start, last - PastMinutes.fineSeconds).floored(to: PastMinutes.coarseInterval)
        let coarse = stride(
            from: (start + (PastMinutes.coarseInterval - 1)).floored(to: PastMinutes.coarseInterval).seconds,
            through: boundary.seconds,
            by: Int(PastMinutes.coarseInterval)
        )
        let fineStart = max(boundary.seconds + 60, (start + 59).floored(to: 60).seconds)
        let fine =
            fineStart <= last.seconds ? Array(stride(from: fineStart, through: last.seconds, by: 60)) : []
        stretches = [
            Stretch(interval: PastMinutes.coarseInterval, minutes: coarse.map { UnixTime($0) }),
            Stretch(interval: 60, minutes: fine.map { UnixTime($0) }),
        ]
    }
}

/// Times at which a demonstration PDU did not answer, so that gaps can be seen as gaps.
struct Outages {
    private let byKey: [String: [Range<Int64>]]

    /// The outages of the past that ends at `end`.
    init(before end: UnixTime) {
        let day: Int64 = 86_400
        let midnight = end.floored(to: day).seconds
        func span(daysAgo: Int64, from hour: Int64, minutes: Int64) -> Range<Int64> {
            let start = midnight - daysAgo * day + hour * 3600
            return start..<(start + minutes * 60)
        }
        byKey = [
            "demo-a": [span(daysAgo: 40, from: 9, minutes: 50)],
            "demo-b": [span(daysAgo: 3, from: 2, minutes: 200), span(daysAgo: 131, from: 22, minutes: 2000)],
        ]
    }

    /// Whether the PDU `key` is silent at `minute`.
    func contain(_ minute: UnixTime, of key: String) -> Bool {
        byKey[key, default: []].contains { $0.contains(minute.seconds) }
    }
}
