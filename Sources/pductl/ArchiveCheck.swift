import Basics
import Configuration
import Glibc
import Storage

/// Whether readings that the configuration no longer keeps can be put away, and those that were are still there.
enum ArchiveCheck {
    static func run(_ configuration: Configuration, _ findings: Findings) {
        let path = HistoryReader.archiveDirectory(of: configuration.historyPath)
        guard access(path, F_OK) == 0 else {
            let days = configuration.readingsDays
            findings.ok("archive", "\(path): none yet; it begins with readings older than \(days) days")
            return
        }
        guard access(path, W_OK | X_OK) == 0 else {
            let text =
                "\(path) cannot be written (\(systemErrorText(errno))): old readings are not deleted meanwhile"
            let advice = "see its owner and mode, or run pductl as the user that collects: ls -ld \(path)"
            findings.warn("archive", text, advice: advice)
            return
        }
        do {
            let problems = try HistoryReader.archiveProblems(at: configuration.historyPath)
            for problem in problems { findings.warn("archive", problem.description, advice: problem.advice) }
            if problems.isEmpty { findings.ok("archive", "\(path), every file as long as it was written") }
        } catch {
            findings.warn("archive", "\(error)", advice: "see what is said of the database")
        }
    }
}
