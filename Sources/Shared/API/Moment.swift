internal import Basics
internal import Storage

/// The moment of a request, seen from the newest run of the poller.
struct Moment {
    /// Whether somebody reads the PDUs.
    enum Collector: String {
        case running
        case stopped
        /// There has been no run yet.
        case never
    }

    let now: UnixTime
    /// The newest run; absent before the first.
    let newestRun: RunRecord?
    /// Seconds between runs.
    let interval: Int64

    /// The moment `now`, when `newestRun` was the newest; `configured` are the seconds between runs until one
    /// says so.
    init(_ now: UnixTime, newestRun: RunRecord?, configured: Int64) {
        self.now = now
        self.newestRun = newestRun
        interval = max(1, newestRun?.interval ?? configured)
    }

    /// What is fresh at this moment.
    var freshness: Freshness { Freshness(now: now, interval: interval) }

    var collector: Collector {
        guard let newestRun else { return .never }
        return freshness.isFresh(newestRun.minute) ? .running : .stopped
    }

    /// Up to when readings can be expected: the newest run while the collector runs, so that the seconds
    /// until the next one are not missing; else now.
    var expectedUntil: UnixTime {
        guard let newestRun, collector == .running else { return now }
        return newestRun.minute
    }

    /// Seconds until the next run is due, when what was read changes; absent where none is to be expected.
    var secondsToNextRun: Int64? {
        guard let newestRun, collector == .running else { return nil }
        let seconds = newestRun.minute + interval - now
        return seconds > 0 ? seconds : nil
    }

    /// A text that is the same for as long as no answer changes by the passing of time alone.
    ///
    /// A reading becomes stale at a whole number of half intervals, just after it; hence the second less.
    var window: String {
        String((now - 1).floored(to: max(1, interval / 2)).seconds)
    }
}
