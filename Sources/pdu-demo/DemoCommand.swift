// The command line of the demonstration: `pdu-demo agent` and `pdu-demo history`. A tool of script/server and of
// the tests; it is not installed.

import Basics
import Glibc

/// The program.
enum DemoCommand {
    private static let usage = """
        Usage: pdu-demo agent --model rpdu2|rpdu [--at SECONDS]
                   Answers snmpd's pass_persist questions as a PDU whose load follows a believable day.
                   --at stops its clock at SECONDS since 1970.

        """

    /// Does what `arguments` ask and ends the process.
    static func run(arguments: [String]) -> Never {
        switch arguments.first {
        case "agent": runAgent(Array(arguments.dropFirst()))
        case "--help":
            writeToStandardOutput(usage)
            exit(ExitStatus.success.rawValue)
        default: refuse("which command?")
        }
    }

    private static func runAgent(_ arguments: [String]) -> Never {
        var model: DemoUnit.Model?
        var frozen: UnixTime?
        for (option, value) in options(arguments) {
            switch (option, value) {
            case ("--model", let name): model = DemoUnit.Model(rawValue: name)
            case ("--at", let text): frozen = Int64(text).map { UnixTime($0) }
            default: refuse("unknown option \(option)")
            }
        }
        guard let model else { refuse("--model is rpdu2 or rpdu") }
        let agent = PassPersistAgent(
            unit: DemoUnit(model),
            clock: { frozen ?? SystemClock.now() },
            readLine: { readLine() },
            write: { writeToStandardOutput($0) }
        )
        agent.run()
        exit(ExitStatus.success.rawValue)
    }

    /// Pairs of an option and its value.
    private static func options(_ arguments: [String]) -> [(String, String)] {
        stride(from: 0, to: arguments.count, by: 2).map { index in
            guard index + 1 < arguments.count else { refuse("\(arguments[index]) needs a value") }
            return (arguments[index], arguments[index + 1])
        }
    }

    private static func refuse(_ reason: String) -> Never {
        writeToStandardError("pdu-demo: \(reason)\n\(usage)")
        exit(ExitStatus.usage.rawValue)
    }
}
