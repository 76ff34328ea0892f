// `pductl restore`: puts a copy that `pductl backup` made in the place of the history, in one step.

import Basics
import Configuration
import Glibc
import Storage

extension Verb {
    /// `pductl restore FILE`.
    static let restore = Verb(
        name: "restore",
        operands: "FILE",
        summary: "put a copy made by backup in the place of the history; what is replaced is kept beside it",
        hasJSON: true
    ) { invocation in
        let configuration = try invocation.configuration(.exclude)
        let source = invocation.operands[0]
        guard source != configuration.historyPath else { throw UsageError("FILE is the history itself") }
        let kept = try asOwner(of: configuration.stateDirectory) {
            guard faccessat(AT_FDCWD, source, R_OK, AT_EACCESS) == 0 else {
                throw FileError(path: source, code: errno)
            }
            return try restore(source, configuration)
        }
        let before = kept.map { "what was there before is \($0)" } ?? "there was none before"
        ControlCommand.say("\(configuration.historyPath) is what \(source) has; \(before)")
        if configuration.isOfAnotherZone {
            ControlCommand.say(
                "its days are of another time zone than \(configuration.site.timezone): pductl rebuild"
            )
        }
        if invocation.wantsJSON {
            ControlCommand.answer { json in
                json.member("history", configuration.historyPath)
                json.member("restored_from", source)
                json.member("kept", kept)
            }
        }
        return .success
    }

    /// Restores `source`; answers where the former history is, nil when there was none.
    private static func restore(_ source: String, _ configuration: Configuration) throws -> String? {
        var kept: String?
        let now = SystemClock.now()
        do {
            try configuration.withHistoryLocked { history in
                let target = history.pathBeforeRestore(now: now)
                try history.backUp(to: target)
                do {
                    try history.restore(from: source, now: now)
                } catch {
                    unlink(target)
                    throw error
                }
                kept = target
            }
        } catch let error as StorageError where error.isOfFormerHistory(at: configuration.historyPath) {
            try configuration.withLock {
                kept = try HistoryWriter.replace(configuration.historyPath, with: source, now: now)
            }
        }
        return kept
    }
}

extension StorageError {
    /// Whether the history at `path` cannot be opened, so that there is nothing in it to be kept but the file itself.
    fileprivate func isOfFormerHistory(at path: String) -> Bool {
        switch code {
        case .corrupt, .missing, .foreign, .schemaTooNew: self.path == path
        default: false
        }
    }
}

extension Configuration {
    /// Whether the days of the history are of another time zone than the site's.
    fileprivate var isOfAnotherZone: Bool {
        do {
            let reader = historyReader()
            _ = try reader.snapshot { try reader.newestRun() }
            return false
        } catch let error as StorageError {
            return error.code == .zoneChanged
        } catch {
            return false
        }
    }
}
