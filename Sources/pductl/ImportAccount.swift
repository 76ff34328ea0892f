// What an import did, for people and for programs.

import Basics
import Energy
import Storage

/// The report of an import.
struct ImportAccount {
    let file: PredecessorFile
    let report: ImportReport
    let clock: Judgement<ImportClock>
    let whole: Judgement<ImportUnit>
    let outlets: Judgement<ImportUnit>
    let plan: ImportPlan
    let calendar: SiteCalendar
    let isTrial: Bool
    var settings = SettingsImportReport()
    var milliseconds: Int64 = 0

    /// What of the file is of no use here, a sentence each.
    private var left: [String] {
        var left = settings.left
        if file.sums > 0 {
            left.append(
                "\(counted(file.sums, "sum")) of power_aggregations: worked out again from the readings instead"
            )
        }
        if file.settings > 0 {
            left.append(
                "\(counted(file.settings, "row")) of system_settings: they are of the predecessor's page"
            )
        }
        return left
    }

    /// What looks odd, and what to type.
    private var doubts: [String] {
        var doubts: [String] = []
        if !clock.isSure {
            let other = clock.choice == .utc ? "local" : "utc"
            doubts.append(
                "nothing proves which clock the times are of; if the days are shifted: restore the backup, then --clock \(other)"
            )
        }
        let tables = [(PredecessorFile.Table.whole, whole), (.outlets, outlets)]
        for (table, unit) in tables where !unit.isSure && file.counts[table, default: 0] > 0 {
            let other = unit.choice == .watts ? "kW" : "W"
            doubts.append("\(table.rawValue): \(unit.evidence); if the powers are wrong: --unit \(other)")
        }
        if plan.powerIsEstimate {
            doubts.append(
                "nearly every power is a multiple of 22.8 W: made of a current in tenths of an ampere at 240 V and a power"
                    + " factor of 0.95, so it is marked as an estimate"
            )
        }
        return doubts
    }

    private var seconds: FixedPoint { FixedPoint(thousandths: milliseconds) }

    /// The report in words.
    var text: String {
        var lines = [
            "\(file.path): the predecessor's, with \(file.generation.rawValue)",
            "  clock      \(clock.choice.rawValue) (\(clock.evidence))",
            "  power      \(whole.choice.rawValue) (\(whole.evidence))",
        ]
        if file.generation == .outlets {
            lines.append("  of outlets \(outlets.choice.rawValue) (\(outlets.evidence))")
        }
        lines.append(
            "  interval   \(plan.interval) s; over gaps beyond \(3 * plan.interval) s no energy is assumed"
        )
        for unit in report.units {
            lines.append(
                "\(unit.unit.name) at \(unit.unit.address) → \(unit.target.name) (\(unit.match.rawValue))"
            )
            lines += words(of: unit.whole, "readings")
            if unit.outlets.read > 0 { lines += words(of: unit.outlets, "readings of outlets") }
        }
        if report.strays > 0 {
            lines.append("  \(report.strays) not taken: \(ImportRefusal.unknownOwner.words)")
        }
        if !settings.groups.isEmpty {
            lines.append("Groups: \(settings.groups.joined(separator: ", "))")
        }
        if settings.labels > 0 { lines.append("Labels: \(counted(settings.labels, "outlet"))") }
        for sentence in left { lines.append("Not taken: \(sentence)") }
        for doubt in doubts { lines.append("Look at this: \(doubt)") }
        let share = "\(report.taken) of \(report.read) readings"
        lines.append(
            isTrial
                ? "\(share) would be taken; nothing was changed (\(seconds) s)"
                : "\(share) taken (\(seconds) s)"
        )
        return lines.joined(separator: "\n") + "\n"
    }

    private func words(of tally: ImportReport.Tally, _ noun: String) -> [String] {
        var line = "  \(tally.taken) of \(tally.read) \(noun) taken"
        if let first = tally.first, let last = tally.last {
            line += ", from \(calendar.iso8601(first)) to \(calendar.iso8601(last))"
        }
        let refusals = ImportRefusal.allCases.compactMap { refusal in
            tally.refused[refusal].map { "  \($0) not taken: \(refusal.words)" }
        }
        return [line] + refusals
    }

    /// The same as one JSON object.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("file", file.path)
            json.member("schema", file.generation == .outlets ? "outlets" : "whole_units")
            json.member("is_dry_run", isTrial)
            json.member("clock", clock.choice.rawValue)
            json.member("clock_evidence", clock.evidence)
            json.member("clock_is_sure", clock.isSure)
            json.member("unit", whole.choice.rawValue)
            json.member("unit_evidence", whole.evidence)
            json.member("outlet_unit", file.generation == .outlets ? outlets.choice.rawValue : nil)
            json.member("interval_seconds", plan.interval)
            json.member("power_is_estimate", plan.powerIsEstimate)
            json.member("read", Int64(report.read))
            json.member("taken", Int64(report.taken))
            json.member("not_taken") { Self.write(report.refused, into: &$0) }
            json.member("pdus") { json in
                json.array { json in
                    for unit in report.units { json.object { Self.write(unit, into: &$0) } }
                }
            }
            json.member("groups") { json in json.array { for name in settings.groups { $0.value(name) } } }
            json.member("labels", Int64(settings.labels))
            json.member("left") { json in json.array { for sentence in left { $0.value(sentence) } } }
            json.member("doubts") { json in json.array { for doubt in doubts { $0.value(doubt) } } }
            json.member("duration_ms", milliseconds)
        }
        return json.text + "\n"
    }

    private static func write(_ unit: ImportReport.Unit, into json: inout JSONWriter) {
        json.member("former_name", unit.unit.name)
        json.member("former_address", unit.unit.address)
        json.member("name", unit.target.name)
        json.member("is_configured", unit.match != .none)
        json.member("match", unit.match.rawValue)
        for (name, tally) in [("readings", unit.whole), ("outlet_readings", unit.outlets)] {
            json.member(name) { json in
                json.object { json in
                    json.member("read", Int64(tally.read))
                    json.member("taken", Int64(tally.taken))
                    json.member("first", tally.first?.iso8601)
                    json.member("last", tally.last?.iso8601)
                    json.member("not_taken") { write(tally.refused, into: &$0) }
                }
            }
        }
    }

    private static func write(_ refused: [ImportRefusal: Int], into json: inout JSONWriter) {
        json.object { json in
            for refusal in ImportRefusal.allCases {
                if let count = refused[refusal] { json.member(refusal.rawValue, Int64(count)) }
            }
        }
    }
}
