import Basics
import Configuration
import Storage

/// Whether the history is there, whole and growing.
enum DatabaseCheck {
    static func run(_ configuration: Configuration, _ findings: Findings) {
        let path = configuration.historyPath
        let reader = configuration.historyReader()
        do {
            let run = try reader.snapshot { try reader.newestRun() }
            let damage = try HistoryReader.damage(at: path)
            if let first = damage.first {
                let advice =
                    "restore a backup, or let the next run of pdu-poll move it aside and begin a new one"
                findings.problem("database", "\(path) is damaged: \(first)", advice: advice)
            } else {
                findings.ok("database", "\(path), schema \(HistoryReader.schema), sound")
            }
            checkNewest(run, findings)
        } catch let error as StorageError {
            findings.problem("database", "\(error)", advice: advice(for: error.code))
        } catch {
            findings.problem("database", "\(path): \(error)", advice: "report this as a defect")
        }
    }

    private static func checkNewest(_ run: RunRecord?, _ findings: Findings) {
        guard let run else {
            findings.problem("newest run", "there was none yet", advice: startTimer)
            return
        }
        let age = SystemClock.now() - run.minute
        let text = "\(duration(age)) ago: \(run.pdusRead) read, \(run.pdusFailed) failed"
        if age > run.interval * 5 / 2 {
            findings.problem("newest run", text, advice: startTimer)
        } else if age < 0 {
            let text = "\(run.minute.iso8601), which is still to come"
            findings.problem("newest run", text, advice: "set the clock right: timedatectl")
        } else {
            findings.ok("newest run", text)
        }
    }

    private static let startTimer =
        "sudo systemctl enable --now pdu-poll.timer, and see what it says: journalctl -u pdu-poll"

    private static func advice(for code: StorageError.Code) -> String {
        switch code {
        case .missing: startTimer
        case .schemaTooOld: "run pdu-poll once"
        case .zoneChanged: "pductl rebuild"
        case .noAccess: "run pductl as root or as the user that collects"
        case .schemaTooNew: "install the newer programs"
        case .corrupt: "restore a backup, or let the next run of pdu-poll move it aside and begin a new one"
        case .busy: "try again"
        case .full, .foreign, .inputOutput, .archive, .refused, .unexpected: "see above"
        }
    }
}
