// The history of a large site: long ago by quarters of an hour and without its readings, then by minutes.

import Basics
import Energy
import Storage

/// Writes the history of a site.
struct LargeHistory {
    private static let day: Int64 = 86_400
    private static let minute = LedgerPolicy(maximumGap: 180)
    private static let quarter = LedgerPolicy(maximumGap: 2700)

    private var site: LargeSite
    private let end: UnixTime
    private let first: UnixTime
    private let kept: UnixTime

    /// The history of `site` of `days` days up to `end`, with minutes of the last `kept` days.
    init(_ site: LargeSite, end: UnixTime, days: Int64, kept: Int64) {
        self.site = site
        self.end = end
        let midnight = end.floored(to: LargeHistory.day)
        first = midnight - days * LargeHistory.day
        self.kept = midnight - kept * LargeHistory.day
    }

    /// Writes it to `path`; with `isBulk` in bulk, but for the last two days, else run by run as far as minutes are kept.
    consuming func write(to path: String, isBulk: Bool) throws {
        let calendar = try londonCalendar()
        let writer = try HistoryWriter(path, calendar: calendar, now: first)
        let elements = site.units.indices.map { Int64($0 + 1) }
        _ = try writer.store(
            site.run(at: first, interval: 900, isWholeOnly: true),
            policy: LargeHistory.quarter
        )
        let outlets = try outletIDs(in: path)
        let bulk = try BulkHistory(writer, of: elements, interval: 900, policy: LargeHistory.quarter)
        let runsFrom = isBulk ? end.floored(to: LargeHistory.day) - LargeHistory.day : kept
        var time = first
        while time < runsFrom {
            if time == kept { try bulk.keepReadings(from: kept, interval: 60, policy: LargeHistory.minute) }
            var stop = min(runsFrom, time + 3 * LargeHistory.day)
            if time < kept { stop = min(stop, kept) }
            try bulk.enter(from: time, until: stop) { element, time in
                site.reading(of: Int(element) - 1, at: time)
            } parts: { hour in
                outlets.map { outlet in
                    (outlet.id, site.outletRollup(unit: outlet.unit, outlet: outlet.number, in: hour))
                }
            }
            time = stop
            writeToStandardError("up to \(time.iso8601)\n")
        }
        if time == kept { try bulk.keepReadings(from: kept, interval: 60, policy: LargeHistory.minute) }
        try bulk.finish()
        while time < end {
            var runs: [PollRun] = []
            while time < end, runs.count < 60 {
                runs.append(site.run(at: time, interval: 60, isWholeOnly: outlets.isEmpty))
                time = time + 60
            }
            _ = try writer.store(runs, policy: LargeHistory.minute)
            while try writer.packReadings() {}
        }
        try writer.close()
        writeToStandardError("up to \(time.iso8601)\n")
    }

    private func outletIDs(in path: String) throws -> [(id: Int64, unit: Int, number: Int)] {
        let reader = HistoryReader(path: path, zone: "Europe/London")
        var found: [(id: Int64, unit: Int, number: Int)] = []
        for unit in site.units.indices {
            for status in try reader.elements(of: Int64(unit + 1))
            where status.reading.element.kind == .outlet {
                found.append((status.id, unit, status.reading.element.number - 1))
            }
        }
        return found.sorted { $0.id < $1.id }
    }
}
