// The made-up past of the demonstration, written through the store's own code: rollups, coverage and energy come
// out of it exactly as they do out of polling.

import Basics
import Configuration
import Energy
import Metering
import Storage

/// Writes the demonstration's past into its history.
struct DemoHistory {
    /// Runs that are stored in one transaction.
    private static let batch = 720

    private let configuration: Configuration
    private let writer: HistoryWriter
    private let calendar: SiteCalendar
    private let units: [(unit: DemoUnit, configured: PDUConfiguration)]

    /// A past for the PDUs of `configuration`, which must be the demonstration's own, as must be the history that
    /// is already there.
    init(_ configuration: Configuration, now: UnixTime) throws {
        self.configuration = configuration
        let zone = configuration.site.timezone
        calendar = SiteCalendar(zone: zone, rules: try ZoneRules(tzif: SystemZone.rules(of: zone)))
        units = DemoUnit.Model.allCases.compactMap { model in
            let unit = DemoUnit(model)
            return configuration.pdus.first { $0.key == unit.key }.map { (unit, $0) }
        }
        guard units.count == configuration.pdus.count, !units.isEmpty else {
            throw DemoError("this configuration is not the demonstration's: it has other PDUs")
        }
        writer = try HistoryWriter(configuration.historyPath, calendar: calendar, now: now)
    }

    /// Makes up `months` whole months and the running one, up to the minute before `now`, or what is missing of
    /// them; `report` is told now and then how far it is.
    func write(months: Int, now: UnixTime, report: (String) -> Void) throws {
        let reader = HistoryReader(path: configuration.historyPath, zone: calendar.zone)
        let foreign = try reader.pdus().first { pdu in !units.contains { $0.configured.name == pdu.name } }
        if let foreign {
            throw DemoError("the history holds a PDU that is not the demonstration's: \(foreign.name)")
        }
        let first = calendar.buckets(.month, count: months + 1, endingWith: now)[0].start
        let start = try reader.newestRun().map { max(first, $0.minute + 60) } ?? first
        let outages = Outages(before: now)
        for stretch in PastMinutes(from: start, through: now - 60).stretches {
            try write(stretch, outages: outages, report: report)
        }
        try writer.close()
    }

    private func write(_ stretch: PastMinutes.Stretch, outages: Outages, report: (String) -> Void) throws {
        var rest = stretch.minutes[...]
        while !rest.isEmpty {
            let runs = rest.prefix(DemoHistory.batch).map { minute in
                run(at: minute, interval: stretch.interval, outages: outages)
            }
            rest = rest.dropFirst(DemoHistory.batch)
            _ = try writer.store(runs, policy: LedgerPolicy(maximumGap: 3 * stretch.interval))
            if let last = runs.last { report("up to \(last.minute.iso8601)") }
        }
    }

    private func run(at minute: UnixTime, interval: Int64, outages: Outages) -> PollRun {
        let pdus = units.map { unit, configured in
            let isSilent = outages.contain(minute, of: configured.key)
            return PolledPDU(
                key: configured.key,
                name: configured.name,
                address: configured.address,
                outcome: isSilent
                    ? .failed(.timeout, "no answer from \(configured.address) (made up)")
                    : .read(UnitReadout(of: unit, at: minute).reading),
                latencyMilliseconds: isSilent ? nil : 12,
                engine: nil
            )
        }
        return PollRun(
            minute: minute,
            startedAt: minute,
            durationMilliseconds: 15,
            interval: interval,
            pdus: pdus,
            isComplete: true
        )
    }
}

/// Why the demonstration's past cannot be made up.
struct DemoError: Error, CustomStringConvertible {
    let description: String

    /// An error with this text.
    init(_ description: String) {
        self.description = description
    }
}
