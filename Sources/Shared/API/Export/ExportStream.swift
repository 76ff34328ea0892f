// An export on its way: read from the history stretch by stretch, each from one short snapshot, and written bucket by bucket.

internal import Basics
internal import Energy
internal import Storage
internal import Synchronization

/// The rows of an export, piece by piece.
///
/// It has a connection to the history of its own, since one piece may be made by another thread than the one before; a lock
/// keeps them apart.
final class ExportStream: BodyPieces {
    /// How long a piece is, more or less, in bytes.
    private static let pieceLength = 131_072
    /// How many rows are worked out at once where a bucket is one reading, and where buckets are rollups.
    private static let mostValues = (readings: 100_000, rollups: 10_000)
    /// Packed readings of a day lie together.
    private static let day: Int64 = 86_400

    /// What is exported.
    struct Plan: Sendable {
        let site: Site
        let moment: Moment
        let elements: [ElementRecord]
        let range: TimeRange
        let resolution: Resolution
        let columns: [ExportColumn]
        let format: ExportFormat
        /// Seconds between runs.
        let interval: Int64
        /// The first bucket begins here; absent: there is none.
        let first: UnixTime?
        /// There is nothing from here on.
        let end: UnixTime
    }

    private struct State {
        let history: any HistoryQueries
        var text: ExportText
        /// Where the next stretch begins; absent after the last.
        var time: UnixTime?
        var window: ExportWindow?
        /// The next bucket of the window.
        var slice = 0
        var hasBegun = false
        var isOver = false
        /// As long as it is there, it counts among the exports under way; whoever has the end may ask for another.
        var place: SlowQuestions.Place?
    }

    private let plan: Plan
    /// What each element is called in every row: of each column the text, nil where it is another one in each bucket.
    private let identities: [[[UInt8]?]]
    private let state: Mutex<State>
    private let report: @Sendable (String) -> Void

    /// The export of `plan`, from a history of its own, which `source` opens; the `report` is told when it cannot go on.
    init(
        _ plan: Plan,
        _ place: SlowQuestions.Place,
        report: @escaping @Sendable (String) -> Void,
        source: any HistorySource
    ) {
        self.plan = plan
        self.report = report
        identities = plan.elements.map { element in
            plan.columns.map { $0.cell(of: element).map { ExportText.written($0, as: plan.format) } }
        }
        state = Mutex(
            State(
                history: source.open(),
                text: ExportText(plan.format, plan.columns),
                time: plan.first,
                place: place
            )
        )
    }

    func next() throws -> [UInt8]? {
        do {
            return try state.withLock { state in try piece(&state) }
        } catch {
            report("export cut off: \(error)")
            throw error
        }
    }

    private func piece(_ state: inout State) throws -> [UInt8]? {
        guard !state.isOver else { return nil }
        if !state.hasBegun {
            state.hasBegun = true
            state.text.begin { json in
                let calendar = plan.site.calendar
                json.member("start", calendar.iso8601(plan.range.start))
                json.member("end", calendar.iso8601(plan.range.end))
                json.member("timezone", calendar.zone)
                json.member("resolution", plan.resolution.rawValue)
            }
        }
        while state.text.bytes.count < ExportStream.pieceLength {
            if let window = state.window, state.slice < window.slices.count {
                write(state.slice, of: window, into: &state.text)
                state.slice += 1
            } else if let time = state.time {
                // One stretch a piece: whoever waits for another answer waits for no more.
                if state.window != nil, !state.text.bytes.isEmpty { break }
                state.window = nil
                (state.window, state.time) = try window(from: time, state.history)
                state.slice = 0
            } else {
                state.text.end()
                state.isOver = true
                state.place = nil
                break
            }
        }
        let piece = state.text.take()
        return piece.isEmpty ? nil : piece
    }

    /// The stretch that begins at `time`, and where the one after it does.
    private func window(
        from time: UnixTime,
        _ history: any HistoryQueries
    ) throws -> (ExportWindow, UnixTime?) {
        let slices = slices(from: time)
        let window = try history.snapshot {
            try ExportWindow(
                of: plan.elements,
                in: slices,
                plan.resolution,
                interval: plan.interval,
                until: plan.moment.expectedUntil + (plan.resolution.period == nil ? plan.interval : 0),
                Context(site: plan.site, history: history, moment: plan.moment)
            )
        }
        let next = slices.last?.range.end ?? plan.end
        return (window, next < plan.end ? next : nil)
    }

    /// The buckets from `time` on that are worked out at once: those of a day of UTC where they are readings.
    private func slices(from time: UnixTime) -> [Slice] {
        let isOfReadings = plan.resolution.period == nil
        let values = isOfReadings ? ExportStream.mostValues.readings : ExportStream.mostValues.rollups
        let most = max(1, values / max(1, plan.elements.count))
        let stop =
            isOfReadings ? min(plan.end, time.floored(to: ExportStream.day) + ExportStream.day) : plan.end
        var (slices, start) = ([Slice](), time)
        while start < stop, slices.count < most {
            let whole = plan.resolution.bucket(at: start, in: plan.site.calendar, interval: plan.interval)
            slices.append(Slice(whole, in: plan.range))
            start = whole.end
        }
        return slices
    }

    /// The rows of one bucket.
    private func write(_ index: Int, of window: ExportWindow, into text: inout ExportText) {
        let range = window.slices[index].range
        let format = plan.format
        let civil = plan.site.calendar.civil(at: range.start)
        let times = plan.columns.map { column in
            column.cell(of: range, civil).map { ExportText.written($0, as: format) }
        }
        // In most buckets of a minute, the time of the reading is the beginning.
        let start = ExportText.written(.plain(range.start.iso8601), as: format)
        for (place, identity) in identities.enumerated() {
            let value = window.value(of: place, in: index)
            text.row { column, bytes in
                if let known = times[column] ?? identity[column] {
                    bytes += known
                } else if value.time(in: plan.columns[column]) == range.start {
                    bytes += start
                } else {
                    ExportText.write(value.cell(plan.columns[column]), as: format, into: &bytes)
                }
            }
        }
    }
}

extension ExportColumn {
    /// What stands in it in every row of `element`; nil where that is another thing in each bucket.
    fileprivate func cell(of element: ElementRecord) -> ExportCell? {
        switch self {
        case .elementID: .integer(element.id)
        case .pduID: .integer(element.pdu.id)
        case .pdu: .foreign(element.pdu.name)
        case .kind: .plain(element.element.kind.rawValue)
        case .number: .integer(Int64(element.element.number))
        case .name: element.name.map(ExportCell.foreign) ?? .unknown
        default: nil
        }
    }

    /// What stands in it in every row of the bucket `range`, which begins at `civil` by the site's clocks; nil where that is
    /// another thing for each element.
    fileprivate func cell(of range: TimeRange, _ civil: CivilTime) -> ExportCell? {
        switch self {
        case .startUTC: .plain(range.start.iso8601)
        case .endUTC: .plain(range.end.iso8601)
        case .startLocal: .plain(civil.text)
        case .utcOffset: .plain(civil.offsetText)
        default: nil
        }
    }
}

extension ExportValue {
    /// The time in `column`; nil where it is unknown, and in columns without times.
    fileprivate func time(in column: ExportColumn) -> UnixTime? {
        switch column {
        case .maximumAt: maximum?.at
        case .minimumAt: minimum?.at
        default: nil
        }
    }

    /// What it has in `column`; unknown in those of times and elements.
    fileprivate func cell(_ column: ExportColumn) -> ExportCell {
        switch column {
        case .energy: energy.map(ExportCell.millionths) ?? .unknown
        case .method: ExportCell(method)
        case .mean: ExportCell(mean)
        case .maximum: ExportCell(maximum?.power)
        case .maximumAt: ExportCell(maximum?.at.iso8601)
        case .minimum: ExportCell(minimum?.power)
        case .minimumAt: ExportCell(minimum?.at.iso8601)
        case .coverage: ExportCell(coverage)
        case .seconds: .integer(seconds)
        case .startUTC, .endUTC, .startLocal, .utcOffset, .elementID, .pduID, .pdu, .kind, .number, .name:
            .unknown
        }
    }
}

extension CivilTime {
    /// `2026-10-25 01:00:00`.
    fileprivate var text: String {
        "\(padded(date.year, to: 4))-\(padded(date.month))-\(padded(date.day)) "
            + "\(padded(hour)):\(padded(minute)):\(padded(second))"
    }

    /// `+01:00`.
    fileprivate var offsetText: String {
        let minutes = abs(zone.offset) / 60
        return "\(zone.offset < 0 ? "-" : "+")\(padded(minutes / 60)):\(padded(minutes % 60))"
    }
}
