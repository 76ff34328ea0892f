// pdu-poll's command line: what it was asked, and how what came of it becomes words and an exit status.

import Basics
import Configuration
import Devices
import Glibc
import MIB
import Storage

/// The program.
enum PollCommand {
    private static let options: [Arguments.Option] = [
        .config,
        Arguments.Option("--once", "read every PDU once and exit, which is what happens anyway"),
        Arguments.Option("--pdu", value: "NAME", isRepeatable: true, "read this PDU only"),
        Arguments.Option("--dry-run", "read, but store nothing"),
        Arguments.Option("--json", "print what was read as JSON"),
        Arguments.Option("--oids", "in the JSON, say which objects each value came from"),
        Arguments.Option("--verbose", "say what became of each PDU"),
        Arguments.Option("--walk", value: "FILE", "decode a recorded walk (snmpwalk -On, .snmprec) instead"),
        .help,
        .version,
    ]

    /// Does what the process was started for, and ends it.
    static func main() -> Never {
        let status = run(Array(CommandLine.arguments.dropFirst()))
        // Everything is written and closed. exit(3) would tear libraries down under the thread of a name that still
        // does not resolve.
        _exit(status.rawValue)
    }

    /// Does what `words` ask for.
    private static func run(_ words: [String]) -> ExitStatus {
        let started = SystemClock.monotonicMilliseconds()
        do {
            let arguments = try Arguments(words, options: options)
            if arguments.answeredStandardQuestion(of: "pdu-poll", usage: usage) { return .success }
            guard arguments.operands.isEmpty else {
                throw UsageError(
                    "\"\(arguments.operands[0])\" is not an option; a PDU is named by --pdu NAME"
                )
            }
            return try perform(arguments, started: started)
        } catch let error as UsageError {
            writeToStandardError("pdu-poll: \(error)\n\(usage)")
            return .usage
        } catch {
            let log = Log.standardError(program: "pdu-poll")
            for line in "\(error)".split(separator: "\n") { log.error(String(line)) }
            return status(of: error)
        }
    }

    private static func perform(_ arguments: Arguments, started: Int64) throws -> ExitStatus {
        let log = Log.standardError(
            program: "pdu-poll",
            threshold: arguments.has("--verbose") ? .debug : .info
        )
        if let file = arguments.value("--walk") {
            guard !arguments.has("--pdu") else {
                throw UsageError("--walk reads a file; --pdu has no place there")
            }
            let profiles = profilesDirectory(beside: arguments.configurationPath)
            return try decodeWalk(
                file,
                profiles: profiles,
                json: arguments.has("--json"),
                oids: arguments.has("--oids"),
                log: log
            )
        }
        let configuration = try Configuration.load(path: arguments.configurationPath, secrets: .include)
        for problem in configuration.warnings { log.warning("\(problem)") }
        let minute = Minute(
            configuration: configuration,
            pdus: try chosen(arguments.values("--pdu"), from: configuration.pdus),
            catalog: try .builtIn().adding(
                directory: profilesDirectory(beside: configuration.path)
            ),
            started: started,
            log: log,
            readsEverything: arguments.has("--oids")
        )
        let run = try arguments.has("--dry-run") ? minute.read() : minute.readAndStore()
        if arguments.has("--json") { writeToStandardOutput(run.json(oids: arguments.has("--oids"))) }
        if let trouble = run.trouble { return trouble }
        return run.failedCount == 0 ? .success : .someFailed
    }

    /// The PDUs called `names`, in the order of the configuration; all of them when there are no names.
    private static func chosen(
        _ names: [String],
        from pdus: [PDUConfiguration]
    ) throws(UsageError) -> [PDUConfiguration] {
        guard !names.isEmpty else { return pdus }
        for name in names where !pdus.contains(where: { $0.name == name }) {
            let nearest = nearestName(to: name, among: pdus.map(\.name))
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw UsageError("no PDU in the configuration is called \"\(name)\"\(hint)")
        }
        return pdus.filter { names.contains($0.name) }
    }

    /// Where an operator's own profiles are: `profiles` beside the configuration.
    private static func profilesDirectory(beside path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "profiles" }
        return path[...slash] + "profiles"
    }

    private static func status(of error: any Error) -> ExitStatus {
        switch error {
        case is ConfigurationError, is ProfileError, is RecordingError, is FileError: .usage
        case FileLockError.held: .temporaryFailure
        default: .internalError
        }
    }

    private static let usage = """
        Usage: pdu-poll [OPTION]...
        Reads every configured PDU once over SNMP and stores what they draw.

        \(Arguments.summaries(of: options))
        Exit status: 0 all were read, 1 some were not, 2 usage or configuration error, 75 another run is at it
        or the database is busy, 70 anything else.

        """
}
