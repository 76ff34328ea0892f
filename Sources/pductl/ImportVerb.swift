// `pductl import`: takes the history of the system before this one.

import Basics
import Configuration
import Energy
import Glibc
import Spool
import Storage

extension Verb {
    /// `pductl import FILE`.
    static let importHistory = Verb(
        name: "import",
        operands: "FILE",
        summary: "take the readings of the predecessor's pdu_monitor.db; what is there already stays",
        options: ImportOrder.options,
        hasJSON: true
    ) { invocation in
        let configuration = try invocation.configuration(.exclude)
        let order = try ImportOrder(invocation, configuration)
        let account = try PredecessorImport(configuration, order).run()
        writeToStandardOutput(invocation.wantsJSON ? account.json : account.text)
        return .success
    }
}

/// What a person says of an import.
struct ImportOrder {
    private static let trial = Arguments.Option(
        "--dry-run",
        "say what would be taken and what not, and change nothing"
    )
    private static let clock = Arguments.Option(
        "--clock",
        value: "utc|local",
        "which clock the times are of, where pductl takes the wrong one"
    )
    private static let unit = Arguments.Option(
        "--unit",
        value: "W|kW",
        "what the column of watts really holds, where pductl takes the wrong one"
    )
    private static let map = Arguments.Option(
        "--map",
        value: "OLD=NEW",
        isRepeatable: true,
        "take the PDU that was called OLD, or had that address, for NEW of the configuration"
    )

    /// The options of `import`.
    static let options = [trial, clock, unit, map]

    let file: String
    let isTrial: Bool
    let clock: ImportClock?
    let unit: ImportUnit?
    /// By former name or address.
    let targets: [String: ImportPlan.Target]

    init(_ invocation: Invocation, _ configuration: Configuration) throws(UsageError) {
        let arguments = invocation.arguments
        file = invocation.operands[0]
        isTrial = arguments.has(Self.trial.name)
        clock = try Self.choice(Self.clock, arguments) { ImportClock(rawValue: $0.lowercased()) }
        unit = try Self.choice(Self.unit, arguments) { text in
            ImportUnit.allCases.first { $0.rawValue.lowercased() == text.lowercased() }
        }
        var targets: [String: ImportPlan.Target] = [:]
        for text in arguments.values(Self.map.name) {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw UsageError("\(Self.map.name) is written OLD=NEW, not \(text)")
            }
            guard let pdu = configuration.pdus.first(where: { $0.name == parts[1] }) else {
                let hint = nearestName(to: parts[1], among: configuration.pdus.map(\.name))
                let question = hint.map { " (did you mean \"\($0)\"?)" } ?? ""
                throw UsageError("the configuration has no PDU \"\(parts[1])\"\(question)")
            }
            targets[parts[0]] = ImportPlan.Target(pdu)
        }
        self.targets = targets
    }

    private static func choice<Choice>(
        _ option: Arguments.Option,
        _ arguments: Arguments,
        _ parse: (String) -> Choice?
    ) throws(UsageError) -> Choice? {
        guard let text = arguments.value(option.name) else { return nil }
        guard let choice = parse(text) else {
            throw UsageError("\(option.name) takes \(option.value ?? ""), not \(text)")
        }
        return choice
    }
}

extension ImportPlan.Target {
    /// The PDU `pdu` of the configuration.
    init(_ pdu: PDUConfiguration) {
        self.init(key: pdu.key, name: pdu.name, address: pdu.address, host: pdu.host)
    }
}

/// An import, from the file to what is said of it.
struct PredecessorImport {
    private let configuration: Configuration
    private let order: ImportOrder

    init(_ configuration: Configuration, _ order: ImportOrder) {
        self.configuration = configuration
        self.order = order
    }

    func run() throws -> ImportAccount {
        let started = SystemClock.monotonicMilliseconds()
        // Opened as who asks, since it may be that person's alone; it stays open as another user.
        guard access(order.file, R_OK) == 0 else { throw FileError(path: order.file, code: errno) }
        let file = try PredecessorFile(order.file)
        let changed = changeTime(of: order.file)
        for (name, _) in order.targets
        where !file.units.contains(where: { $0.name == name || $0.address == name }) {
            let known = file.units.map { "\"\($0.name)\" at \($0.address)" }.joined(separator: ", ")
            throw UsageError("\(order.file) has no PDU \"\(name)\"; it has \(known)")
        }
        let calendar = try configuration.calendar()
        let bar = ProgressBar()
        defer { bar.end() }
        let total = Double(max(1, file.readingCount))
        let survey = try PredecessorSurvey(file) { bar.show("looking at readings", Double($0) / total) }
        let now = SystemClock.now()
        let clock =
            order.clock.map { Judgement($0, "as told") }
            ?? survey.clock(in: calendar, changed: changed, now: now)
        let whole = order.unit.map { Judgement($0, "as told") } ?? survey.unit(of: .whole)
        let outlets = order.unit.map { Judgement($0, "as told") } ?? survey.unit(of: .outlets)
        let plan = ImportPlan(
            clock: clock.choice,
            units: [.whole: whole.choice, .outlets: outlets.choice],
            interval: survey.interval,
            powerIsEstimate: survey.powerIsMadeOfCurrent,
            targets: ImportPlan.targets(
                of: file.units,
                among: configuration.pdus.map(ImportPlan.Target.init),
                orders: order.targets
            )
        )
        let report = try asOwner(of: configuration.stateDirectory) {
            try enter(file, plan, now) { bar.show($0.rawValue, $1) }
        }
        bar.end()
        var account = ImportAccount(
            file: file,
            report: report,
            clock: clock,
            whole: whole,
            outlets: outlets,
            plan: plan,
            calendar: calendar,
            isTrial: order.isTrial
        )
        account.settings = try SettingsImport(configuration, file, report, isTrial: order.isTrial).run()
        account.milliseconds = SystemClock.monotonicMilliseconds() - started
        return account
    }

    /// The poller goes on meanwhile: what it reads waits in the spool, since the history is held in one transaction.
    private func enter(
        _ file: PredecessorFile,
        _ plan: ImportPlan,
        _ now: UnixTime,
        _ progress: (ImportPhase, Double) -> Void
    ) throws -> ImportReport {
        if let first = try Spool(in: configuration.stateDirectory).waiting().first {
            let message =
                "runs since \(first.minute.iso8601) wait in the spool, and come first: wait a minute, or see pductl check"
            throw StorageError(.refused, path: configuration.historyPath, message)
        }
        var report = ImportReport()
        try configuration.withHistory(makingIt: true) { history in
            report = try history.importReadings(
                of: file,
                by: plan,
                now: now,
                isTrial: order.isTrial,
                progress: progress
            )
        }
        return report
    }

    private func changeTime(of path: String) -> UnixTime? {
        var status = stat()
        return stat(path, &status) == 0 ? UnixTime(Int64(status.st_mtim.tv_sec)) : nil
    }
}
