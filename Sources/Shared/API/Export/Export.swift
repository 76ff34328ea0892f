// The way from a request for an export to its first piece.

internal import Basics
internal import Energy
internal import Storage

/// `GET /api/v1/export.csv` and `.json`: any range, bucket by bucket and element by element, however many.
struct Export {
    let question: ExportQuestion
    let format: ExportFormat

    /// The answer at `now`, from what `context` knows of the history; `exports` gives the history of its own that the rest is
    /// read from, and the `report` is told when that breaks off.
    func answer(
        in context: Context,
        _ exports: Exports,
        report: @escaping @Sendable (String) -> Void
    ) throws -> Response {
        let range = try question.range(in: context)
        let elements = try question.elements(in: context)
        let resolution = question.resolution
        let grid =
            resolution.period == nil ? try context.history.grid(from: range.start, until: range.end) : nil
        let interval = grid?.interval ?? context.moment.interval
        // Nothing was there before the first reading, and nothing is known of times to come.
        let begin = try context.history.firstReading(of: elements.map(\.id)).map { max($0, range.start) }
        let end = min(range.end, context.moment.expectedUntil + interval)
        let first = begin.flatMap { $0 < end ? $0 : nil }.map { time in
            max(range.start, resolution.bucket(at: time, in: context.site.calendar, interval: interval).start)
        }
        let plan = ExportStream.Plan(
            site: context.site,
            moment: context.moment,
            elements: elements,
            range: range,
            resolution: resolution,
            columns: question.columns,
            format: format,
            interval: interval,
            first: first,
            end: end
        )
        let stream = ExportStream(plan, try exports.slots.hold(), report: report, source: exports.source)
        return .streamed(stream, format.mediaType, fileName: fileName(of: range, in: context))
    }

    /// `pdu-monitor-2026-10-01-to-2026-11-01-hour.csv`, by the site's dates.
    private func fileName(of range: TimeRange, in context: Context) -> String {
        let days = [range.start, range.end].map { time in
            let date = context.site.calendar.civil(at: time).date
            return "\(padded(date.year, to: 4))-\(padded(date.month))-\(padded(date.day))"
        }
        return "pdu-monitor-\(days[0])-to-\(days[1])-\(question.resolution.rawValue).\(format.rawValue)"
    }
}
