// The verbs that look after the database. Storage does the work.

import Basics
import Glibc
import Spool
import Storage

extension Verb {
    /// `pductl rebuild`.
    static let rebuild = Verb(
        name: "rebuild",
        operands: "",
        summary: "compute hours, days and months again from the readings; needed when the time zone changes"
    ) { invocation in
        let configuration = try invocation.configuration(.exclude)
        ControlCommand.say("rebuilding, for seconds or minutes; no run is stored meanwhile")
        let started = SystemClock.monotonicMilliseconds()
        try configuration.withHistoryLocked { history in
            for problem in try history.archiveProblems() {
                let kept = problem.missingUntil.map {
                    "; what it was part of, up to \($0.iso8601), stays as it is"
                }
                ControlCommand.say("warning: \(problem)\(kept ?? "")")
            }
            try history.rebuild()
        }
        let seconds = FixedPoint(thousandths: SystemClock.monotonicMilliseconds() - started)
        ControlCommand.say("rebuilt in \(seconds) s, in the time zone \(configuration.site.timezone)")
        return .success
    }

    /// `pductl forget MONTH`.
    static let forget = Verb(
        name: "forget",
        operands: "MONTH",
        summary: "let the archive go on without the file of MONTH (YYYY-MM), which is lost"
    ) { invocation in
        let configuration = try invocation.configuration(.exclude)
        let month = invocation.operands[0]
        try configuration.withHistoryLocked { history in
            guard try history.forgetArchive(of: month) else {
                throw UsageError("nothing of \(month) was archived; a month is written as 2026-03")
            }
        }
        ControlCommand.say("\(month): forgotten; its hours, days and months stay as they are")
        return .success
    }

    /// `pductl rewind`.
    static let rewind = Verb(
        name: "rewind",
        operands: "",
        summary: "set readings aside that a clock which was ahead stored under times still to come"
    ) { invocation in
        let configuration = try invocation.configuration(.exclude)
        let calendar = try configuration.calendar()
        let now = SystemClock.now()
        ControlCommand.say("it is \(calendar.iso8601(now)) by this machine's clock")
        try configuration.withHistoryLocked { history in
            let waiting = try Spool(in: configuration.stateDirectory).moveAside(after: now)
            for file in waiting { ControlCommand.say("\(file.path): not to be stored, since \(file.why)") }
            guard let runs = try history.runs(after: now) else {
                ControlCommand.say(
                    waiting.isEmpty
                        ? "no run is of a time still to come; nothing to do"
                        : "no run in the history is of a time still to come"
                )
                return
            }
            ControlCommand.say(
                """
                \(counted(runs.count, "run")) from \(calendar.iso8601(runs.first)) to \(calendar.iso8601(runs.last)): \
                taking them out, into a file, and working out again what they were part of
                """
            )
            let file = try history.setAside(after: now, now: now)
            ControlCommand.say(file.map { "set aside in \($0)" } ?? "they had read nothing")
        }
        return .success
    }

    /// `pductl vacuum`.
    static let vacuum = Verb(
        name: "vacuum",
        operands: "",
        summary: "give the space that the database no longer uses back to the disk"
    ) { invocation in
        let configuration = try invocation.configuration(.exclude)
        let before = fileSize(configuration.historyPath)
        try configuration.withHistoryLocked { try $0.vacuum() }
        ControlCommand.say(
            "\(inMebibytes(before)) before, \(inMebibytes(fileSize(configuration.historyPath))) now"
        )
        return .success
    }

    /// `pductl backup FILE`.
    static let backup = Verb(
        name: "backup",
        operands: "FILE",
        summary: "copy the history to FILE, complete and verified, while the poller goes on",
        hasJSON: true
    ) { invocation in
        let configuration = try invocation.configuration(.exclude)
        let target = invocation.operands[0]
        guard target != configuration.historyPath else { throw UsageError("FILE is the history itself") }
        try configuration.withHistory { try $0.backUp(to: target) }
        ControlCommand.say("\(target): \(inMebibytes(fileSize(target))), complete and verified")
        if invocation.wantsJSON {
            ControlCommand.answer { json in
                json.member("file", target)
                json.member("bytes", fileSize(target).map(Int64.init))
            }
        }
        return .success
    }
}

/// The length of the file at `path` in bytes; nil when there is none.
private func fileSize(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
}

private func inMebibytes(_ bytes: Int?) -> String {
    guard let bytes else { return "nothing" }
    return "\(FixedPoint(thousandths: Int64(bytes) * 10 / 1_048_576 * 100)) MiB"
}
