// From what a clock on the wall showed to moments. Of an hour that the site's clocks show twice, the order in which readings
// were written tells the first from the second.

import Basics
import Energy

/// Which clock the predecessor's times are of.
package enum ImportClock: String, CaseIterable, Sendable {
    case utc
    /// The site's.
    case local
}

/// Turns the times of one table into moments.
struct WallClock {
    private let calendar: SiteCalendar
    private let kind: ImportClock
    /// What is known of the hour at hand: the moment of its first second, and the second one where clocks show it twice.
    private var hour: (start: Int64, moments: [Int64])?
    /// The last moment of each owner.
    private var last: [Int64: Int64] = [:]

    /// Times of `kind`, at the site of `calendar`.
    init(_ kind: ImportClock, _ calendar: SiteCalendar) {
        self.kind = kind
        self.calendar = calendar
    }

    /// The moment that `time`, written of `owner`, is; nil where the site's clocks never showed it.
    mutating func moment(_ time: WallTime, of owner: Int64) -> UnixTime? {
        guard !time.isAbsolute, kind == .local else { return UnixTime(time.seconds) }
        let start = UnixTime(time.seconds).floored(to: 900).seconds
        if hour?.start != start {
            hour = (start, WallClock.moments(showing: start, calendar))
        }
        guard let moments = hour?.moments, let first = moments.first else { return nil }
        var moment = first + time.seconds - start
        if moments.count > 1 {
            // It can only have gone on.
            if let last = last[owner], last > moment { moment = moments[1] + time.seconds - start }
        }
        last[owner] = moment
        return UnixTime(moment)
    }

    /// The moments at which the clocks of `calendar` show `local`, none to two, in order.
    static func moments(showing local: Int64, _ calendar: SiteCalendar) -> [Int64] {
        let offsets = [-86_400, 86_400].map { calendar.offset(at: UnixTime(local + $0)) }
        var moments: [Int64] = []
        for offset in offsets {
            let moment = local - offset
            if calendar.offset(at: UnixTime(moment)) == offset, !moments.contains(moment) {
                moments.append(moment)
            }
        }
        return moments.sorted()
    }
}
