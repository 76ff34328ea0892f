// `pductl status`: the PDUs as the history last saw them.

import Basics
import Configuration
import Spool
import Storage

extension Verb {
    /// `pductl status`.
    static let status = Verb(
        name: "status",
        operands: "",
        summary: "show every PDU's power, and how old that is",
        hasJSON: true
    ) { invocation in
        let configuration = try invocation.configuration(.exclude)
        let reader = configuration.historyReader()
        let overview = try reader.snapshot {
            Overview(
                states: try reader.status().filter(\.pdu.isConfigured),
                newestRun: try reader.newestRun(),
                // Who may not look into the spool is told of the history alone.
                waiting: (try? Spool(in: configuration.stateDirectory).waiting())?.first?.minute,
                interval: Int64(configuration.poll.interval),
                now: SystemClock.now()
            )
        }
        writeToStandardOutput(invocation.wantsJSON ? overview.json : overview.text(.standardOutput))
        return .success
    }
}

/// All PDUs at one moment.
struct Overview {
    let states: [PDUStatus]
    let newestRun: RunRecord?
    /// The minute of the oldest run that waits in the spool; nil where none does.
    let waiting: UnixTime?
    /// Seconds between runs, until a run says so.
    let interval: Int64
    let now: UnixTime

    /// What is fresh now: as `/api/current-status` has it.
    private var freshness: Freshness { Freshness(now: now, interval: newestRun?.interval ?? interval) }

    /// A table, the newest run, and a sentence for each PDU that could not be read.
    func text(_ terminal: Terminal) -> String {
        var table = TextTable([
            .init(title: "PDU"), .init(title: "Address"), .init(title: "Power", isNumber: true),
            .init(title: "Age", isNumber: true), .init(title: "Status"),
        ])
        var notes = ""
        for state in states {
            let health = freshness.health(of: state)
            let reason = state.failure.map { ": \($0.rawValue)" } ?? ""
            let power = state.power.map { "\($0) W\(state.powerIsEstimate ? " (estimate)" : "")" }
            table.add([
                state.pdu.name, state.pdu.address, power, state.lastReadingAt.map { duration(now - $0) },
                health.rawValue + reason,
            ])
            if let detail = state.failureDetail { notes += "\(state.pdu.name): \(detail)\n" }
        }
        let run = newestRun.map { run in
            "Newest run \(duration(now - run.minute)) ago: \(run.pdusRead) read, \(run.pdusFailed) failed\n"
        }
        if let waiting {
            notes +=
                "Runs since \(waiting.iso8601) are not in the history yet, but wait in the spool: pductl check\n"
        }
        return table.rendered { cell, column in
            column == 4 ? terminal.paint(cell, colour(of: cell)) : cell
        } + (run ?? "No run yet\n") + notes
    }

    private func colour(of cell: String) -> Terminal.Colour {
        if cell.hasPrefix(Health.online.rawValue) { return .green }
        return cell.hasPrefix(Health.stale.rawValue) ? .yellow : .red
    }

    /// The same as one JSON object.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("newest_run", newestRun?.minute.iso8601)
            json.member("waiting_since", waiting?.iso8601)
            json.member("pdus") { json in
                json.array { json in
                    for state in states { json.object { write(state, into: &$0) } }
                }
            }
        }
        return json.text + "\n"
    }

    private func write(_ state: PDUStatus, into json: inout JSONWriter) {
        json.member("name", state.pdu.name)
        json.member("address", state.pdu.address)
        json.member("status", freshness.health(of: state).rawValue)
        json.member("power_watts", state.power)
        json.member("power_is_estimate", state.power != nil && state.powerIsEstimate)
        json.member("last_reading", state.lastReadingAt?.iso8601)
        json.member("age_seconds", state.lastReadingAt.map { now - $0 })
        json.member("reason", state.failure?.rawValue)
        json.member("detail", state.failureDetail)
    }
}

/// `seconds` in the largest unit of which there are two or more: `90 s`, `45 min`, `30 h`, `12 d`.
func duration(_ seconds: Int64) -> String {
    switch seconds {
    case ..<120: "\(max(0, seconds)) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) d"
    }
}
