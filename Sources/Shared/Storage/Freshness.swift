package import Basics

/// Whether a PDU can be read, as the interface calls it.
package enum Health: String, Sendable {
    /// Its newest reading is fresh.
    case online
    /// Its newest reading is old, and nobody has tried since with another result: nobody knows.
    case stale
    /// It was never read, or the newest attempt to read it failed.
    case offline
}

/// Which readings still tell the present.
package struct Freshness: Hashable, Sendable {
    /// The present.
    package let now: UnixTime
    /// Seconds between runs.
    package let interval: Int64

    /// Freshness at `now`, with runs every `interval` seconds.
    package init(now: UnixTime, interval: Int64) {
        self.now = now
        self.interval = interval
    }

    /// Seconds after which a reading says nothing about the present: 2.5 intervals, so that one that fails or comes
    /// late changes nothing.
    package var staleAfter: Int64 { interval * 5 / 2 }

    /// Whether a reading of `time` still tells the present.
    package func isFresh(_ time: UnixTime) -> Bool {
        now - time <= staleAfter
    }

    /// The health that `status` means.
    package func health(of status: PDUStatus) -> Health {
        guard let last = status.lastReadingAt else { return .offline }
        if isFresh(last) { return .online }
        return status.failure == nil ? .stale : .offline
    }
}
