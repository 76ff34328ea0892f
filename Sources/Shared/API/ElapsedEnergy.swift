// How much today and this month have used so far, and how much is usual by this time. Compared is like with like: the same
// part of the day or month by the clocks, and only what has data in both.

internal import Basics
internal import Energy
internal import Storage

/// The energy of today and of this month, and of the same part of earlier ones.
struct ElapsedEnergy {
    /// What was used in a stretch of time.
    struct Part {
        let range: TimeRange
        /// Millionths of a kWh; absent when none is known.
        let energy: Int64?
        let coverage: Coverage
        /// What has data in it, by id.
        fileprivate let known: Set<Int64>
    }

    /// An earlier day or month counts where at least this much of it is known, in thousandths.
    private static let leastCoverage = FixedPoint(thousandths: 900)
    /// Of more elements, the hour that is cut in earlier days and months is integrated from readings: what is usual is a
    /// mean, and not worth the ledger's way through five days at every refresh of a page.
    private static let mostExact = 8
    /// How many weeks are looked back.
    private static let weeks: Int64 = 4

    let today: Part
    let month: Part
    /// Seconds of today that have passed, up to the newest reading.
    let seconds: Int64
    /// The highest same-minute sum of today; absent when nothing was read.
    let peak: PowerExtreme?
    /// Millionths of a kWh that the same part of the same weekday used on the average of the last four weeks, as far as
    /// these are known; absent when none is.
    let usual: Int64?
    /// How many days `usual` is the mean of.
    let usualDays: Int
    /// Millionths of a kWh that the same part of the month before used; absent where too little of it is known.
    let previousMonth: Int64?

    /// That of `selected`, at the moment of the question.
    init(of selected: SelectedMembers, in context: Context) throws {
        let (calendar, moment) = (context.site.calendar, context.moment)
        let (day, month) = (
            calendar.bucket(.day, containing: moment.now), calendar.bucket(.month, containing: moment.now)
        )
        let until = max(day.start, moment.expectedUntil)
        seconds = until - day.start
        let ids = selected.elements.map(\.id)
        let current = try RangeAccounts(
            of: ids,
            isEvery: selected.isEveryPDU,
            in: [TimeRange(day)],
            withExtremes: true,
            context
        ).stretches
        let currentMonth = try RangeAccounts(
            of: ids,
            isEvery: selected.isEveryPDU,
            in: [TimeRange(month)],
            withExtremes: false,
            context
        ).stretches
        peak = current.first?.extremes?.maximum
        today = Part(of: selected.members, current, TimeRange(day), until: moment.expectedUntil)
        self.month = Part(of: selected.members, currentMonth, TimeRange(month), until: moment.expectedUntil)
        (usual, usualDays) = try ElapsedEnergy.usual(by: until, on: today.known, selected, context)
        previousMonth = try ElapsedEnergy.previousMonth(by: until, on: self.month.known, selected, context)
    }

    /// The mean of what `known` used on the same weekday of earlier weeks by the time of day of `until`.
    private static func usual(
        by until: UnixTime,
        on known: Set<Int64>,
        _ selected: SelectedMembers,
        _ context: Context
    ) throws -> (Int64?, Int) {
        let calendar = context.site.calendar
        let civil = calendar.civil(at: until)
        let second = civil.hour * 3600 + civil.minute * 60 + civil.second
        let ranges = (1...weeks).compactMap { week -> TimeRange? in
            let date = CivilDate(daysSince1970: civil.date.daysSince1970 - 7 * week)
            let (start, end) = (
                calendar.firstMoment(on: date), calendar.firstMoment(on: date, second: second)
            )
            return start < end ? TimeRange(start: start, end: end) : nil
        }
        let energies = try energies(of: known, in: ranges, selected, context).compactMap { $0 }
        guard !energies.isEmpty else { return (nil, 0) }
        let mean = Double(energies.reduce(0, +)) / Double(energies.count)
        return (Int64(mean.rounded()), energies.count)
    }

    /// What `known` used in the month before, up to the day and time of `until`, or the end of a shorter month.
    private static func previousMonth(
        by until: UnixTime,
        on known: Set<Int64>,
        _ selected: SelectedMembers,
        _ context: Context
    ) throws -> Int64? {
        let calendar = context.site.calendar
        let month = calendar.bucket(.month, containing: until)
        let previous = calendar.bucket(.month, containing: month.start - 1)
        let civil = calendar.civil(at: until)
        var date = calendar.civil(at: previous.start).date
        date.day = civil.date.day
        let second = civil.hour * 3600 + civil.minute * 60 + civil.second
        let end = min(previous.end, calendar.firstMoment(on: date, second: second))
        guard previous.start < end else { return nil }
        let range = TimeRange(start: previous.start, end: end)
        return try energies(of: known, in: [range], selected, context).first ?? nil
    }

    /// What `known` used in each of `ranges`, in millionths of a kWh; nil where too little of it is known.
    private static func energies(
        of known: Set<Int64>,
        in ranges: [TimeRange],
        _ selected: SelectedMembers,
        _ context: Context
    ) throws -> [Int64?] {
        guard !known.isEmpty, !ranges.isEmpty else { return [] }
        // Who was not there yet is missing from the comparison.
        let members = known.sorted().map { SumMember(alwaysExpected: $0) }
        let stretches = try RangeAccounts(
            of: members.map(\.id),
            isEvery: false,
            in: ranges,
            withExtremes: false,
            exactUpTo: mostExact,
            context
        ).stretches
        return stretches.map { stretch in
            let part = Part(of: members, [stretch], stretch.range, until: stretch.range.end)
            guard let share = part.coverage.share, share >= leastCoverage else { return nil }
            return part.energy
        }
    }
}

extension ElapsedEnergy.Part {
    /// What `members` used in `range`, of which the time before `until` has passed, by the first of `stretches`.
    fileprivate init(
        of members: [SumMember],
        _ stretches: [RangeAccounts.Stretch],
        _ range: TimeRange,
        until: UnixTime
    ) {
        let rollups = stretches.first?.rollups ?? [:]
        self.range = range
        energy = EnergyParts(rollups.values.map(\.energy)).total
        coverage = Coverage(of: members, rollups: rollups, in: range, until: until)
        known = Set(rollups.keys)
    }
}
