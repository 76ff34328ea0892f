// pdu-fcgi's command line: from arguments to a running server, and what went wrong into words and an exit
// status.

import API
import Basics
import Configuration
import Energy
import FastCGI
import Glibc
import Storage

/// The program.
enum ServeCommand {
    private static let options: [Arguments.Option] = [
        .config,
        Arguments.Option(
            "--socket",
            value: "PATH",
            "make this Unix socket, instead of serving an inherited one"
        ),
        .help,
        .version,
    ]

    /// Does what the process was started for, and ends it.
    static func main() -> Never {
        // Before any thread starts; a signal that comes during the start is then served right after it.
        StopSignals.block()
        exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    private static func run(_ words: [String]) -> ExitStatus {
        let log = Log.standardError(program: "pdu-fcgi")
        do {
            let arguments = try Arguments(words, options: options)
            if arguments.answeredStandardQuestion(of: "pdu-fcgi", usage: usage) { return .success }
            guard arguments.operands.isEmpty else {
                throw UsageError("\"\(arguments.operands[0])\" is not an option")
            }
            try serve(arguments, log: log)
            return .success
        } catch let error as UsageError {
            writeToStandardError("pdu-fcgi: \(error)\n\(usage)")
            return .usage
        } catch {
            for line in "\(error)".split(separator: "\n") { log.error(String(line)) }
            return status(of: error)
        }
    }

    /// Serves until SIGTERM or SIGINT.
    private static func serve(_ arguments: Arguments, log: Log) throws {
        let configuration = try Configuration.load(path: arguments.configurationPath, secrets: .exclude)
        let site = try site(of: configuration)
        let socket = try arguments.value("--socket").map(ListeningSocket.init(at:)) ?? .inherited()
        defer { socket.close() }
        let threads = configuration.web.threads
        let (history, settings) = (configuration.historyPath, configuration.settingsPath)
        let slowQuestions = SlowQuestions(threads: threads)
        let source = HistoryReader.Source(path: history, zone: site.calendar.zone)
        let exports = Exports(threads: threads, source: source)
        let server = try Server(on: socket, threads: threads, report: { log.warning($0.description) }) {
            // One reader per thread: a connection to the database is never shared.
            let router = Router(
                site: site,
                slowQuestions: slowQuestions,
                exports: exports,
                report: { log.error($0) }
            )
            let reader = HistoryReader(path: history, zone: site.calendar.zone)
            let store = SettingsStore(path: settings)
            return { request in
                let answer = router.answer(API.Request(request), at: SystemClock.now(), from: reader, store)
                return FastCGI.Response(answer)
            }
        }
        log.info("version \(productVersion) serves \(history) on \(threads) threads")
        try server.run {
            let signal = StopSignals.wait()
            log.info("\(signal == SIGTERM ? "SIGTERM" : "SIGINT"): finishing the requests in hand")
        }
    }

    private static func site(of configuration: Configuration) throws -> Site {
        let zone = configuration.site.timezone
        let rules = try ZoneRules(tzif: SystemZone.rules(of: zone))
        return Site(
            name: configuration.site.name,
            calendar: SiteCalendar(zone: zone, rules: rules),
            pollInterval: Int64(configuration.poll.interval),
            version: productVersion,
            writers: writers(of: configuration.web),
            crossOrigin: CrossOrigin(configuration.web.corsOrigins)
        )
    }

    private static func writers(of web: Configuration.Web) -> Writers {
        var (addresses, users) = ([AddressPrefix](), Set<String>())
        for writer in web.writers {
            switch writer {
            case .addresses(let prefix): addresses.append(prefix)
            case .user(let name): users.insert(name)
            }
        }
        return Writers(addresses: addresses, users: users, names: SiteNames(web.names + machineNames()))
    }

    /// What the machine is called; nothing where it has no name.
    private static func machineNames() -> [String] {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return [] }
        let name = String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return name.isEmpty ? [] : [name]
    }

    private static func status(of error: any Error) -> ExitStatus {
        switch error {
        case is ConfigurationError, is FileError, is ZoneError: .usage
        case let error as SocketError: error.isInUse ? .temporaryFailure : .usage
        default: .internalError
        }
    }

    private static let usage = """
        Usage: pdu-fcgi [OPTION]...
        Answers the dashboard's questions to a web server that speaks FastCGI, and keeps what people set in it.

        \(Arguments.summaries(of: options))
        Without --socket it serves the listening socket that it is started with: systemd's, or descriptor 0 as
        spawn-fcgi passes it. SIGTERM finishes the requests in hand. Exit status: 0 stopped by a signal, 2 usage
        or configuration error, 75 another responder listens on the socket, 70 anything else.

        """
}
