import Basics
import Configuration
import Spool

/// Whether runs wait that the database could not take.
enum SpoolCheck {
    static func run(_ configuration: Configuration, _ findings: Findings) {
        let spool = Spool(in: configuration.stateDirectory)
        do throws(SpoolError) {
            let waiting = try spool.waiting()
            let aside = try spool.movedAside()
            if let first = waiting.first {
                let advice = "see why, in the lines above, and what the runs say: journalctl -u pdu-poll"
                let text = "\(counted(waiting.count, "run")) in \(spool.directory), the oldest of"
                findings.warn("spool", "\(text) \(first.minute.iso8601)", advice: advice)
            }
            if let first = aside.first {
                let text =
                    "\(counted(aside.count, "file")) in \(spool.directory) cannot be stored, such as \(first)"
                findings.warn("spool", text, advice: "docs/operations.md says what its name means")
            }
            if waiting.isEmpty, aside.isEmpty { findings.ok("spool", "nothing waits") }
        } catch {
            findings.problem("spool", "\(error)", advice: "run pductl as the user that collects")
        }
    }
}
