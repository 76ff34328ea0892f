internal import Basics
internal import Energy
internal import Metering
internal import Storage

/// What the selected PDUs or elements draw now, and how full their circuits are.
struct Present {
    /// How full a unit, a phase or a bank is.
    struct Load {
        let element: ElementRecord
        let reading: ElementReading
        /// Per cent of what it is rated for.
        let percent: FixedPoint
    }

    /// The sum of what those draw whose reading tells the present, in watts; absent when none does.
    let power: FixedPoint?
    /// How many these are.
    let membersCovered: Int
    /// How many there are of PDUs that are configured.
    let membersTotal: Int
    /// The newest of their readings.
    let at: UnixTime?
    /// By how many watts an hour the sum has risen within the last hour; absent where too little was read for that.
    let trend: FixedPoint?
    /// The sum of the mean power in each of the last 24 hours, oldest first, in watts; the last is the current hour.
    let hourlyWatts: [FixedPoint?]
    /// The unit, phase or bank that carries the most of what it is rated for; absent where none tells.
    let fullest: Load?

    /// That of `selected`, at the moment of the question.
    init(of selected: SelectedMembers, in context: Context) throws {
        let wanted = Set(selected.pduIDs)
        let pdus = try context.history.status().filter { $0.pdu.isConfigured && wanted.contains($0.pdu.id) }
            .map { try LatestPDU($0, in: context) }
        let members = Set(selected.elements.map(\.id))
        var (sum, covered, newest) = (Int64(0), 0, UnixTime?.none)
        for pdu in pdus {
            for (power, time) in pdu.powers(of: members) {
                sum &+= power.thousandths
                covered += 1
                newest = max(newest ?? time, time)
            }
        }
        power = covered > 0 ? FixedPoint(thousandths: sum) : nil
        membersCovered = covered
        membersTotal = selected.members.count { $0.isConfigured }
        at = newest
        let ids = selected.elements.map(\.id)
        trend = try Present.trend(of: ids, in: context)
        let hours = context.site.calendar.buckets(.hour, count: 24, endingWith: context.moment.now)
        hourlyWatts =
            ids.isEmpty
            ? hours.map { _ in nil }
            : try context.history.rollups(of: ids, in: hours).map { rollups in
                let means = rollups.values.compactMap(\.meanWatts)
                return means.isEmpty ? nil : FixedPoint(means.reduce(0, +))
            }
        fullest = pdus.flatMap(\.loads).max { $0.percent < $1.percent }
    }

    /// The slope of the straight line through the same-minute sums of the last hour, those of the most elements, by
    /// least squares; nil for less than a quarter of an hour, or fewer than four sums.
    private static func trend(of ids: [Int64], in context: Context) throws -> FixedPoint? {
        guard !ids.isEmpty, let newest = context.moment.newestRun?.minute,
            context.moment.collector == .running
        else { return nil }
        let grid = try context.history.grid(from: newest - 3600, until: newest + 1)
        // An hour of runs a second apart is as good in fewer.
        guard grid.count <= 3601 else { return nil }
        let powers = try context.history.powers(of: ids, on: grid)
        var sums = [(power: Double, members: Int)](repeating: (0, 0), count: grid.count)
        for column in powers.values {
            for (place, power) in column.enumerated() where place < grid.count {
                guard let power else { continue }
                sums[place].power += power.doubleValue
                sums[place].members += 1
            }
        }
        let most = sums.map(\.members).max() ?? 0
        guard most > 0 else { return nil }
        let points = sums.indices.filter { sums[$0].members == most }
            .map { (hours: Double(grid.time($0) - newest) / 3600, watts: sums[$0].power) }
        guard points.count >= 4, let first = points.first, let last = points.last,
            last.hours - first.hours >= 0.25
        else { return nil }
        let count = Double(points.count)
        let (meanHours, meanWatts) = (
            points.reduce(0) { $0 + $1.hours } / count, points.reduce(0) { $0 + $1.watts } / count
        )
        let (rise, spread) = points.reduce((0.0, 0.0)) { sum, point in
            let hours = point.hours - meanHours
            return (sum.0 + hours * (point.watts - meanWatts), sum.1 + hours * hours)
        }
        return FixedPoint(rise / spread)
    }
}

extension LatestPDU {
    /// What those of `ids` that are its own draw, as far as their readings tell the present, and when they were read.
    fileprivate func powers(of ids: Set<Int64>) -> [(FixedPoint, UnixTime)] {
        elements.compactMap { element in
            guard ids.contains(element.id), let power = element.reading.activePower,
                let time = element.measuredAt, isPresent(time)
            else { return nil }
            return (power, time)
        }
    }

    /// How full the unit, its phases and its banks are, as far as they tell.
    fileprivate var loads: [Present.Load] {
        elements.compactMap { element in
            guard element.reading.element.kind != .outlet,
                isPresent(element.measuredAt ?? status.lastReadingAt),
                let percent = LatestElement.loadPercent(of: element.reading)
            else { return nil }
            let record = ElementRecord(
                id: element.id,
                pdu: status.pdu,
                element: element.reading.element,
                name: element.reading.element.kind == .pdu ? nil : element.reading.name,
                energyResolution: element.reading.energyResolution
            )
            return Present.Load(element: record, reading: element.reading, percent: percent)
        }
    }
}
