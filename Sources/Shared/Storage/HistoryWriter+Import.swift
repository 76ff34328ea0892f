// The predecessor's readings, entered as if runs had made them: into the blocks of their days, and from there through
// the same accounts as everything else, so that they can be explained and corrected. In one transaction, which runs need
// not wait for: they go to the spool meanwhile.

package import Basics
import Energy
import Metering
import SQLite

extension HistoryWriter {
    /// The import would have changed this much, and was not to change anything.
    private struct TrialEnd: Error {}

    /// Takes the readings of `file` by `plan` into the history, at `now`; changes nothing when `isTrial`.
    ///
    /// `progress` is told how much of a phase is done. A second import of a file takes nothing. Throws `StorageError`, and
    /// nothing is changed then.
    package func importReadings(
        of file: PredecessorFile,
        by plan: ImportPlan,
        now: UnixTime,
        isTrial: Bool = false,
        progress: (ImportPhase, Double) -> Void = { _, _ in }
    ) throws -> ImportReport {
        if let zone = try outdatedZone() {
            let message =
                "the rollups are of \(zone), the configuration says \(calendar.zone): run pductl rebuild first"
            throw StorageError(.zoneChanged, path: path, message)
        }
        var report = ImportReport()
        do {
            try withStorageErrors(on: path) {
                try database.transaction(.immediate) {
                    let from = try rebuildStart()
                    var entry = try PredecessorEntry(file, plan, in: database, calendar, now, from)
                    try entry.run { progress(.reading, $0) }
                    report = entry.report
                    guard !isTrial else { throw TrialEnd() }
                    guard report.taken > 0 else { return }
                    try entry.finish()
                    let rebuild = Rebuild(database, in: calendar, from: from)
                    let first = report.units.flatMap { [$0.whole.first, $0.outlets.first] }
                        .compactMap { $0 }.min()
                    // What was used long ago is no use of today for whoever reads the counters.
                    try LastingCounters.keep(in: database) {
                        try rebuild.forgetRollups()
                        try rebuild.forgetOutdatedBuckets()
                        try rebuild.replay { time in
                            guard let first, time > first else { return }
                            progress(.accounting, Double(time - first) / Double(max(1, now - first)))
                        }
                    }
                    try database.statement(CalendarSQL.setChecksum).run(.int(calendar.checksum))
                    try database.statement(MaintenanceSQL.insertEvent)
                        .run(.time(now), .text("readings_imported"), .text(report.sentence(of: file)))
                    try database.statement(RunSQL.countChange).run()
                }
            }
        } catch is TrialEnd {
            return report
        }
        return report
    }
}

extension ImportReport {
    /// What is kept of it among the events.
    fileprivate func sentence(of file: PredecessorFile) -> String {
        let names = units.filter { $0.whole.taken + $0.outlets.taken > 0 }.map(\.target.name)
        let rest = read - taken
        let times = units.flatMap { [$0.whole, $0.outlets] }
        let first = times.compactMap(\.first).min()?.iso8601 ?? "?"
        let last = times.compactMap(\.last).max()?.iso8601 ?? "?"
        return
            "\(taken) readings of \(names.joined(separator: ", ")) from \(first) to \(last) were imported from"
            + " \(file.path); \(rest) were not."
    }
}

/// One pass over the predecessor's readings, within the transaction.
private struct PredecessorEntry {
    /// Where the readings of an owner go: a reference, so that a day's readings are never copied.
    private final class Place {
        /// Of `report.units`.
        let unit: Int
        let element: Element
        /// What to call it where no device says.
        let name: String?
        /// Nil as long as the history has no such element.
        var id: Int64?
        /// The time of the first reading that was taken.
        var first: UnixTime?
        /// The readings of the day at hand.
        var day = ImportDay(element: 0, start: UnixTime(.min))

        init(unit: Int, element: Element, name: String? = nil) {
            self.unit = unit
            self.element = element
            self.name = name
        }
    }

    private let file: PredecessorFile
    private let plan: ImportPlan
    private let database: Connection
    private let calendar: SiteCalendar
    private let roster: Roster
    private let book: ImportBook
    /// The first moment of which no reading is taken.
    private let end: UnixTime
    /// By its place in `report.units`.
    private var entries: [Int: Roster.Entry] = [:]
    /// Every place that a reading was taken to.
    private var entered: [Place] = []
    private(set) var report = ImportReport()

    init(
        _ file: PredecessorFile,
        _ plan: ImportPlan,
        in database: Connection,
        _ calendar: SiteCalendar,
        _ now: UnixTime,
        _ accountsFrom: UnixTime
    ) throws {
        self.file = file
        self.plan = plan
        self.database = database
        self.calendar = calendar
        roster = try Roster(database)
        book = try ImportBook(database, now: now, accountsFrom: accountsFrom)
        // This minute is the poller's.
        end = now.floored(to: 60)
        for unit in file.units {
            guard let (target, match) = plan.targets[unit.id] else { continue }
            report.units.append(ImportReport.Unit(unit: unit, target: target, match: match))
        }
        for (index, unit) in report.units.enumerated() {
            entries[index] = roster.knownEntry(of: unit.target.key)
        }
    }

    /// Enters every reading; tells `progress` the share that is done.
    mutating func run(_ progress: (Double) -> Void) throws {
        let total = Double(max(1, file.readingCount))
        var seen = 0
        for table in PredecessorFile.Table.allCases {
            let places = try places(of: table)
            var clock = WallClock(plan.clock, calendar)
            try file.forEach(in: table) { entry in
                try take(entry, table, places[entry.owner], &clock)
                seen += 1
                if seen % 20_000 == 0 { progress(Double(seen) / total) }
            }
            for (_, place) in places.sorted(by: { $0.key < $1.key }) { try flush(place, table) }
            guard table == .outlets else { continue }
            for (owner, place) in places { report.elements[owner] = place.id }
        }
        progress(1)
    }

    /// The rule that the ledger follows, since when each element and until when each PDU was read.
    func finish() throws {
        for place in entered {
            guard let id = place.id, let first = place.first else { continue }
            // Of a PDU that is polled, the device says what its outlets are called.
            let isConfigured = report.units[place.unit].match != .none
            try book.begin(
                id,
                at: first,
                name: isConfigured ? nil : place.name,
                powerIsEstimate: place.element == .wholePDU && plan.powerIsEstimate
            )
            if let entry = entries[place.unit] { try roster.forgetCard(of: entry) }
        }
        let tallies = report.units.map { [$0.whole, $0.outlets] }
        guard let first = tallies.flatMap({ $0 }).compactMap(\.first).min() else { return }
        let known = try database.statement(ImportSQL.firstRule).first { row in row.time(0) }
        if known.map({ first < $0 }) ?? true {
            try database.statement(PollRuleSQL.save)
                .run(.time(first), .int(plan.interval), .int(3 * plan.interval))
        }
        for (index, unit) in tallies.enumerated() {
            guard let entry = entries[index], let last = unit.compactMap(\.last).max() else { continue }
            try database.statement(SetAsideSQL.restoreStatus).run(.int(entry.id), .time(last))
        }
    }

    private func places(of table: PredecessorFile.Table) throws -> [Int64: Place] {
        var places: [Int64: Place] = [:]
        var index: [Int64: Int] = [:]
        for (place, unit) in report.units.enumerated() { index[unit.unit.id] = place }
        switch table {
        case .whole:
            for (unit, place) in index {
                places[unit] = Place(unit: place, element: .wholePDU)
            }
        case .outlets:
            for port in file.ports where port.number > 0 {
                guard let place = index[port.unit] else { continue }
                let isDefault = port.name == "Outlet \(port.number)" || port.name.isEmpty
                places[port.id] = Place(
                    unit: place,
                    element: Element(.outlet, port.number),
                    name: isDefault ? nil : port.name
                )
            }
        }
        for place in places.values {
            guard let entry = entries[place.unit] else { continue }
            place.id = try roster.knownID(of: place.element, on: entry)
        }
        return places
    }

    private mutating func take(
        _ entry: PredecessorFile.Entry,
        _ table: PredecessorFile.Table,
        _ place: Place?,
        _ clock: inout WallClock
    ) throws {
        guard let place else {
            report.strays += 1
            return
        }
        count(table, place.unit) { $0.read += 1 }
        let reading: StoredReading
        switch self.reading(in: entry, table, &clock) {
        case .success(let found): reading = found
        case .failure(let refusal):
            return count(table, place.unit) { $0.refused[refusal.reason, default: 0] += 1 }
        }
        let day = reading.time.floored(to: 86_400)
        if place.day.start != day {
            try flush(place, table)
            place.day = ImportDay(element: 0, start: day)
        }
        place.day.readings.append(reading)
    }

    /// Enters the readings of the day at hand.
    private mutating func flush(_ place: Place, _ table: PredecessorFile.Table) throws {
        guard let first = place.day.readings.first else { return }
        let id = try place.id ?? id(of: place, from: first.time)
        place.id = id
        var day = ImportDay(element: id, start: place.day.start)
        day.readings = place.day.readings.map { reading in
            var reading = reading
            reading.element = id
            return reading
        }
        place.day.readings = []
        var tally = tally(table, place.unit)
        if let first = try book.enter(day, &tally) {
            if place.first == nil { entered.append(place) }
            place.first = min(place.first ?? first, first)
        }
        count(table, place.unit) { $0 = tally }
    }

    /// The id of the element at `place`, which is entered, and its PDU where that is new, too.
    private mutating func id(of place: Place, from time: UnixTime) throws -> Int64 {
        let unit = report.units[place.unit]
        let isConfigured = unit.match != .none
        let entry: Roster.Entry
        if let known = entries[place.unit] {
            entry = known
        } else {
            entry = try roster.entry(of: unit.target, at: time)
            try roster.change(entry) { $0.isConfigured = isConfigured }
            entries[place.unit] = entry
        }
        if place.element != .wholePDU { _ = try roster.id(of: .wholePDU, on: entry) }
        return try roster.id(of: place.element, on: entry)
    }

    /// Why a reading cannot be taken.
    private struct Refused: Error {
        let reason: ImportRefusal
    }

    /// The reading in `entry`, of the minute it lies in, or why there is none.
    private func reading(
        in entry: PredecessorFile.Entry,
        _ table: PredecessorFile.Table,
        _ clock: inout WallClock
    ) -> Result<StoredReading, Refused> {
        func refuse(_ reason: ImportRefusal) -> Result<StoredReading, Refused> {
            .failure(Refused(reason: reason))
        }
        guard let time = entry.time.flatMap({ clock.moment($0, of: entry.owner) }) else {
            return refuse(.noTime)
        }
        let minute = time.floored(to: 60)
        guard minute < end else { return refuse(.toCome) }
        guard let number = entry.watts else { return refuse(.noPower) }
        let unit = plan.units[table] ?? .watts
        guard let power = FixedPoint(unit == .watts ? number : number * 1000) else { return refuse(.noPower) }
        if let kilowatts = entry.kilowatts, !isConsistent(number, kilowatts, unit) {
            return refuse(.unitsDisagree)
        }
        guard power.thousandths >= 0 else { return refuse(.negative) }
        guard LedgerPolicy.believes(power, limit: nil) else { return refuse(.implausible) }
        var reading = StoredReading(time: minute, element: 0)
        reading.power = power
        reading.current = entry.current.flatMap { FixedPoint($0) }
        reading.voltage = entry.voltage.flatMap { FixedPoint($0) }
        reading.powerFactor = entry.powerFactor.flatMap { FixedPoint($0) }
        return .success(reading)
    }

    /// Whether the two columns say the same, in one of the ways in which whole files do.
    private func isConsistent(_ first: Double, _ second: Double, _ unit: ImportUnit) -> Bool {
        UnitTally.isThousandfold(first, second) || first == second
            || unit == .kilowatts && UnitTally.isThousandfold(second, first)
    }

    private func tally(_ table: PredecessorFile.Table, _ unit: Int) -> ImportReport.Tally {
        table == .whole ? report.units[unit].whole : report.units[unit].outlets
    }

    private mutating func count(
        _ table: PredecessorFile.Table,
        _ unit: Int,
        _ change: (inout ImportReport.Tally) -> Void
    ) {
        switch table {
        case .whole: change(&report.units[unit].whole)
        case .outlets: change(&report.units[unit].outlets)
        }
    }
}
