// The command line of the demonstration: `pdu-demo agent` and `pdu-demo history`. A tool of script/server and of
// the tests; it is not installed.

import Basics
import Configuration
import Glibc

/// The program.
enum DemoCommand {
    private static let usage = """
        Usage: pdu-demo agent --model rpdu2|rpdu [--at SECONDS]
                   Answers snmpd's pass_persist questions as a PDU whose load follows a believable day.
                   --at stops its clock at SECONDS since 1970.
               pdu-demo history --config FILE [--months N]
                   Makes up a past of N months (13) for the demonstration's configuration FILE.

        """
    private static let options = [
        Arguments.Option.config, .help,
        Arguments.Option("--model", value: "MODEL", "rpdu2 or rpdu"),
        Arguments.Option("--at", value: "SECONDS", "stop the clock at SECONDS since 1970"),
        Arguments.Option("--months", value: "N", "how long the past is"),
    ]

    /// Does what `arguments` ask and ends the process.
    static func run(arguments: [String]) -> Never {
        do {
            let given = try Arguments(arguments, options: options)
            if given.has("--help") {
                writeToStandardOutput(usage)
                exit(ExitStatus.success.rawValue)
            }
            switch given.operands {
            case ["agent"]: try runAgent(given)
            case ["history"]: try writeHistory(given)
            default: throw UsageError("agent or history?")
            }
        } catch let error as UsageError {
            end(.usage, "\(error)\n\(usage)")
        } catch let error as ConfigurationError {
            end(.usage, "\(error)\n")
        } catch {
            end(.internalError, "\(error)\n")
        }
        exit(ExitStatus.success.rawValue)
    }

    private static func runAgent(_ arguments: Arguments) throws {
        guard let model = arguments.value("--model").flatMap({ DemoUnit.Model(rawValue: $0) }) else {
            throw UsageError("--model is rpdu2 or rpdu")
        }
        let frozen = try number("--at", in: arguments).map { UnixTime($0) }
        let agent = PassPersistAgent(
            unit: DemoUnit(model),
            clock: { frozen ?? SystemClock.now() },
            readLine: { readLine() },
            write: { writeToStandardOutput($0) }
        )
        agent.run()
    }

    private static func writeHistory(_ arguments: Arguments) throws {
        let months = try number("--months", in: arguments) ?? 13
        guard (0...120).contains(months) else { throw UsageError("--months is 0 to 120") }
        let now = SystemClock.now()
        let configuration = try Configuration.load(path: arguments.configurationPath, secrets: .exclude)
        try DemoHistory(configuration, now: now).write(months: Int(months), now: now) {
            writeToStandardError("pdu-demo: \($0)\n")
        }
    }

    private static func number(_ option: String, in arguments: Arguments) throws -> Int64? {
        guard let text = arguments.value(option) else { return nil }
        guard let number = Int64(text) else {
            throw UsageError("\(option) takes a whole number, not \(text)")
        }
        return number
    }

    private static func end(_ status: ExitStatus, _ message: String) -> Never {
        writeToStandardError("pdu-demo: \(message)")
        exit(status.rawValue)
    }
}
