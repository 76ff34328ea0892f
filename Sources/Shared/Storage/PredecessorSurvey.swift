// What the predecessor's readings are, decided by what they show: watts or kilowatts, which clock, how often. Each decision
// comes with its evidence in words, for the report, and a person may say otherwise.

package import Basics
package import Energy

/// What `power_watts` really holds.
package enum ImportUnit: String, CaseIterable, Sendable {
    case watts = "W"
    case kilowatts = "kW"
}

/// A decision, and why.
package struct Judgement<Choice: Hashable & Sendable>: Hashable, Sendable {
    package let choice: Choice
    /// The reason, in a few words.
    package let evidence: String
    /// Whether there is more than a default behind it.
    package let isSure: Bool

    /// A decision for `choice`.
    package init(_ choice: Choice, _ evidence: String, isSure: Bool = true) {
        self.choice = choice
        self.evidence = evidence
        self.isSure = isSure
    }
}

/// How a table's two columns of power are related.
struct UnitTally {
    /// Rows in which the first is a thousand times the second, as their names say.
    var agreeing = 0
    /// Rows in which it is the other way round.
    var swapped = 0
    /// Rows in which both are the same number.
    var same = 0
    /// Rows with two numbers that are not zero.
    var rows = 0
    /// The sum of the first, for its mean.
    var sum = 0.0
    /// Rows in which the first is a whole multiple of what the predecessor made of a tenth of an ampere: 22.8 W.
    var ofTenths = 0

    mutating func add(_ watts: Double, _ kilowatts: Double) {
        guard watts != 0 || kilowatts != 0, watts.isFinite, kilowatts.isFinite else { return }
        rows += 1
        sum += watts
        if UnitTally.isThousandfold(watts, kilowatts) {
            agreeing += 1
        } else if UnitTally.isThousandfold(kilowatts, watts) {
            swapped += 1
        } else if watts == kilowatts {
            same += 1
        }
        let tenths = watts / 22.8
        if abs(tenths - tenths.rounded()) < 0.001 { ofTenths += 1 }
    }

    /// Whether `large` is a thousand times `small`, as far as both were rounded.
    static func isThousandfold(_ large: Double, _ small: Double) -> Bool {
        abs(large - small * 1000) <= max(0.6, abs(large) * 0.001)
    }
}

/// One pass over the predecessor's readings.
package struct PredecessorSurvey {
    /// Readings of each unit or port by the hour that the clock on the wall showed, all tables together.
    private var hours: [Int64: Int] = [:]
    private var current: (hour: Int64, count: Int) = (.min, 0)
    private var newest: Int64?
    private var oldest: Int64?
    private var withoutZone = 0
    private(set) var tallies: [PredecessorFile.Table: UnitTally] = [:]
    /// Seconds between readings of one owner, to whole half minutes, and how often.
    private var spacings: [Int64: Int] = [:]

    /// Looks at every reading of `file`; tells `progress` how many it has seen.
    ///
    /// Throws `StorageError`.
    package init(_ file: PredecessorFile, progress: (Int) -> Void = { _ in }) throws {
        var seen = 0
        try withStorageErrors(on: file.path) {
            for table in PredecessorFile.Table.allCases {
                var last: [Int64: Int64] = [:]
                var tally = UnitTally()
                try file.forEach(in: table) { entry in
                    if let watts = entry.watts, let kilowatts = entry.kilowatts {
                        tally.add(watts, kilowatts)
                    }
                    if let time = entry.time { note(time, of: entry.owner, &last) }
                    seen += 1
                    if seen % 50_000 == 0 { progress(seen) }
                }
                tallies[table] = tally
            }
        }
        hours[current.hour, default: 0] += current.count
        progress(seen)
    }

    private mutating func note(_ time: WallTime, of owner: Int64, _ last: inout [Int64: Int64]) {
        newest = max(newest ?? time.seconds, time.seconds)
        oldest = min(oldest ?? time.seconds, time.seconds)
        if !time.isAbsolute {
            withoutZone += 1
            let hour = time.seconds / 3600
            if hour == current.hour {
                current.count += 1
            } else {
                hours[current.hour, default: 0] += current.count
                current = (hour, 1)
            }
        }
        if let before = last[owner], time.seconds > before {
            spacings[(time.seconds - before + 15) / 30, default: 0] += 1
        }
        last[owner] = time.seconds
    }

    /// Seconds between readings, as half of them or more have it at the most: whole minutes, at least one.
    package var interval: Int64 {
        var left = (spacings.values.reduce(0, +) + 1) / 2
        for (spacing, count) in spacings.sorted(by: { $0.key < $1.key }) {
            left -= count
            if left <= 0 { return max(60, (spacing * 30 + 30) / 60 * 60) }
        }
        return 60
    }

    /// Whether whole units' powers look as if they were made of a current in tenths of an ampere, at 240 V and a power
    /// factor of 0.95, as some versions of the predecessor did.
    package var powerIsMadeOfCurrent: Bool {
        guard let tally = tallies[.whole], tally.rows >= 100 else { return false }
        return tally.ofTenths * 100 >= tally.rows * 99
    }
}

// MARK: - Units

extension PredecessorSurvey {
    /// What the columns of power of `table` hold.
    package func unit(of table: PredecessorFile.Table) -> Judgement<ImportUnit> {
        guard let tally = tallies[table], tally.rows > 0 else {
            return Judgement(.watts, "there is no power in it", isSure: false)
        }
        let most = tally.rows * 9 / 10
        if tally.agreeing > most {
            return Judgement(.watts, "the W column is a thousand times the kW column")
        }
        if tally.swapped > most {
            return Judgement(.kilowatts, "the kW column is a thousand times the W column: they are swapped")
        }
        let mean = tally.sum / Double(tally.rows)
        if tally.same > most {
            return mean < 30
                ? Judgement(.kilowatts, "both columns hold the same small numbers", isSure: false)
                : Judgement(.watts, "both columns hold the same large numbers", isSure: false)
        }
        return Judgement(.watts, "the two columns do not fit one another everywhere", isSure: false)
    }
}

// MARK: - The clock

extension PredecessorSurvey {
    /// How far the file's last change may be from its last reading, in seconds.
    private static let writingTime: Int64 = 180

    /// Which clock the times are of, at the site of `calendar`, in a file last changed at `changed` and read at `now`.
    package func clock(
        in calendar: SiteCalendar,
        changed: UnixTime?,
        now: UnixTime
    ) -> Judgement<ImportClock> {
        guard let newest, let oldest, withoutZone > 0 else {
            return Judgement(.utc, "every time says its own offset")
        }
        let asLocal = WallClock.moments(showing: newest, calendar).last ?? newest
        if newest > now.seconds + PredecessorSurvey.writingTime, asLocal <= now.seconds {
            return Judgement(.local, "taken for UTC, the newest readings would be of times to come")
        }
        let changes = clockChanges(in: calendar, from: oldest, until: newest)
        if let judgement = judgement(by: changes) { return judgement }
        if asLocal == newest, changes.isEmpty {
            return Judgement(.utc, "\(calendar.zone) had no other time than UTC in it", isSure: true)
        }
        if let changed {
            let limit = PredecessorSurvey.writingTime
            if (0...limit).contains(changed.seconds - newest) {
                return Judgement(.utc, "the file was last changed at the time of its newest reading in UTC")
            }
            if (0...limit).contains(changed.seconds - asLocal) {
                let zone = calendar.zone
                return Judgement(
                    .local,
                    "the file was last changed at the time of its newest reading in \(zone)"
                )
            }
        }
        return Judgement(
            .utc,
            "that is what the predecessor writes; nothing in it says otherwise",
            isSure: false
        )
    }

    /// A change of the site's clocks while readings were made.
    private struct ClockChange {
        /// Hours that the clocks of the site skipped, or showed twice.
        let hours: Range<Int64>
        let isSkip: Bool
    }

    private func clockChanges(
        in calendar: SiteCalendar,
        from start: Int64,
        until end: Int64
    ) -> [ClockChange] {
        var changes: [ClockChange] = []
        var moment = UnixTime(start).floored(to: 3600)
        var before = calendar.offset(at: moment)
        while moment.seconds < end {
            moment = moment + 3600
            let after = calendar.offset(at: moment)
            if after != before {
                let local = (moment.seconds + min(before, after), moment.seconds + max(before, after))
                // Zones with other steps than whole hours tell nothing by hours.
                if local.0 % 3600 == 0, local.1 % 3600 == 0 {
                    changes.append(
                        ClockChange(hours: local.0 / 3600..<local.1 / 3600, isSkip: after > before)
                    )
                }
                before = after
            }
        }
        return changes
    }

    /// What hours that the site's clocks skipped, or showed twice, have to say; nil where they say nothing, or several
    /// things.
    private func judgement(by changes: [ClockChange]) -> Judgement<ImportClock>? {
        var votes: [ImportClock: [String]] = [:]
        for change in changes {
            let around = [change.hours.lowerBound - 1, change.hours.upperBound].map { hours[$0] ?? 0 }
            guard let usual = around.min(), usual >= 10 else { continue }
            let count = change.hours.map { hours[$0] ?? 0 }.reduce(0, +) / change.hours.count
            let date = String(UnixTime(change.hours.lowerBound * 3600).iso8601.prefix(10))
            if change.isSkip {
                if count * 2 >= usual {
                    votes[.utc, default: []].append("readings of the hour skipped on \(date)")
                }
                if count == 0 {
                    votes[.local, default: []].append("no reading of the hour skipped on \(date)")
                }
            } else {
                if count * 2 >= usual * 3 {
                    votes[.local, default: []].append("twice the readings of the hour repeated on \(date)")
                } else if count * 10 >= usual * 8 {
                    votes[.utc, default: []].append(
                        "as many readings as ever of the hour repeated on \(date)"
                    )
                }
            }
        }
        guard votes.count == 1, let (choice, reasons) = votes.first else { return nil }
        return Judgement(choice, reasons.joined(separator: ", and "))
    }
}
