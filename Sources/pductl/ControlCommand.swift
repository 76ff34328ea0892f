// pductl, for people: one verb per file, looked up in the table here. What went wrong becomes words and an exit
// status in this file alone.

import API
import Basics
import Configuration
import Devices
import Glibc
import Storage
import Synchronization

/// One thing that pductl does.
struct Verb: Sendable {
    let name: String
    /// Its operands as the usage text names them, those that may be left out in brackets; empty when it takes none.
    let operands: String
    /// A few words for the usage text.
    let summary: String
    /// The options that it takes beside those of every verb.
    var options: [Arguments.Option] = []
    /// Whether it has JSON of its own; of others, `--json` prints what they say.
    var hasJSON = false
    let run: @Sendable (Invocation) throws -> ExitStatus

    /// How many operands it takes: those in brackets all together or not at all.
    func takes(_ count: Int) -> Bool {
        let needed = operands.prefix { $0 != "[" }
        let rest = operands.drop { $0 != "[" }.drop { $0 != "]" }.dropFirst()
        let least = (needed + " " + rest).split(separator: " ").count
        return count == least || count == operands.split(separator: " ").count
    }
}

/// What pductl was asked, and where it runs.
struct Invocation {
    let arguments: Arguments
    /// The operands after the verb; as many as it takes.
    let operands: [String]

    /// Whether `--json` was given.
    var wantsJSON: Bool { arguments.has(ControlCommand.json.name) }

    /// The configuration that `--config` names.
    func configuration(_ secrets: Configuration.Secrets) throws(ConfigurationError) -> Configuration {
        try Configuration.load(path: arguments.configurationPath, secrets: secrets)
    }
}

/// The program.
enum ControlCommand {
    static let json = Arguments.Option("--json", "print JSON instead of text")
    private static let commonOptions: [Arguments.Option] = [.config, json, .help, .version]
    /// What was said, for the answer to `--json`.
    private static let sentences = Mutex<[String]>([])

    static let verbs: [Verb] = [
        .check, .probe, .record, .status, .explain, .events, .correct, .rebuild, .backup, .restore,
        .importHistory, .vacuum, .rewind, .forget,
    ]

    /// Does what the process was started for, and ends it.
    static func main() -> Never {
        exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Does what `words` ask for.
    static func run(_ words: [String]) -> ExitStatus {
        do {
            return try perform(words)
        } catch let error as UsageError {
            say("\(error); pductl --help shows what there is")
            tell(error: "\(error)", of: words)
            return .usage
        } catch {
            for line in text(of: error).split(separator: "\n") { say(String(line)) }
            tell(error: text(of: error), of: words)
            return status(of: error)
        }
    }

    /// Prints one JSON object of what `body` writes.
    static func answer(_ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object(body)
        writeToStandardOutput(json.text + "\n")
    }

    /// For whoever asked for JSON in `words`: what went wrong.
    private static func tell(error: String, of words: [String]) {
        guard words.contains(json.name) else { return }
        answer { $0.member("error", error) }
    }

    /// What `error` says; of a refusal, that nothing is wrong with the file need not be read out of its path.
    private static func text(of error: any Error) -> String {
        if let error = error as? StorageError, error.code == .refused { return error.message }
        return "\(error)"
    }

    private static func status(of error: any Error) -> ExitStatus {
        switch error {
        case is ConfigurationError, is ProfileError, is WrongUser, is APIError: .usage
        case FileLockError.held: .temporaryFailure
        case let error as StorageError where error.code == .busy: .temporaryFailure
        case let error as StorageError where error.code == .zoneChanged || error.code == .refused: .usage
        default: .internalError
        }
    }

    /// Says what was done, to people.
    static func say(_ message: String) {
        sentences.withLock { $0.append(message) }
        writeToStandardError("pductl: \(message)\n")
    }

    private static func perform(_ words: [String]) throws -> ExitStatus {
        let verbOptions = verbs.flatMap(\.options)
        let names = Set(verbOptions.map(\.name))
        let known =
            commonOptions + names.sorted().compactMap { name in verbOptions.first { $0.name == name } }
        let arguments = try Arguments(words, options: known)
        if arguments.answeredStandardQuestion(of: "pductl", usage: usage(options: known)) { return .success }
        guard let word = arguments.operands.first else { throw UsageError("which command?") }
        guard let verb = verbs.first(where: { $0.name == word }) else {
            let hint = nearestName(to: word, among: verbs.map(\.name)).map { " (did you mean \"\($0)\"?)" }
            throw UsageError("unknown command \"\(word)\"\(hint ?? "")")
        }
        for name in names where arguments.has(name) && !verb.options.contains(where: { $0.name == name }) {
            throw UsageError("\(verb.name) takes no \(name)")
        }
        let operands = Array(arguments.operands.dropFirst())
        guard verb.takes(operands.count) else {
            let wanted = verb.operands.isEmpty ? "no operand" : verb.operands
            throw UsageError("\(verb.name) takes \(wanted)")
        }
        let status = try verb.run(Invocation(arguments: arguments, operands: operands))
        if arguments.has(json.name), !verb.hasJSON {
            answer { json in
                json.member("command", verb.name)
                json.member("messages") { json in
                    json.array { json in
                        for sentence in sentences.withLock({ $0 }) { json.value(sentence) }
                    }
                }
            }
        }
        return status
    }

    private static func usage(options: [Arguments.Option]) -> String {
        let calls = verbs.map { $0.operands.isEmpty ? $0.name : "\($0.name) \($0.operands)" }
        let width = calls.map(\.count).max() ?? 0
        let lines = zip(calls, verbs).map { call, verb in
            "  \(call)\(String(repeating: " ", count: width - call.count + 2))\(verb.summary)\n"
        }
        return """
            Usage: pductl COMMAND [OPTION]...
            For people: looks after the PDU monitor.

            Commands:
            \(lines.joined())
            Options:
            \(Arguments.summaries(of: options))
            """
    }
}
