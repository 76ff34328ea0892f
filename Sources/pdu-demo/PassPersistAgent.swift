// The part of an SNMP agent that snmpd leaves to us: it starts this program once (snmpd.conf(5),
// "pass_persist") and asks it line by line on standard input for the objects of one PDU.

import Basics
import MIB

/// Answers snmpd's questions about one demonstration PDU.
struct PassPersistAgent {
    let unit: DemoUnit
    /// The moment to show, asked for at every question.
    let clock: () -> UnixTime

    /// The next line of the questioner, without its newline; nil at the end.
    let readLine: () -> String?
    let write: (String) -> Void

    /// Answers until the questioner hangs up or sends an empty line.
    func run() {
        var shownAt = clock()
        var view = MIBView.of(unit, at: shownAt)
        while let command = readLine(), !command.isEmpty {
            let now = clock()
            if now != shownAt {
                view = .of(unit, at: now)
                shownAt = now
            }
            switch command.lowercased() {
            case "ping": write("PONG\n")
            case "get": answerGet(view)
            case "getnext": answerGetNext(view)
            case "set": refuseSet()
            default: write("NONE\n")
            }
        }
    }

    private func answerGet(_ view: MIBView) {
        guard let identifier = readIdentifier(), let value = view.value(of: identifier) else {
            return write("NONE\n")
        }
        write(".\(identifier)\n\(value.lines)\n")
    }

    private func answerGetNext(_ view: MIBView) {
        guard let identifier = readIdentifier(), let next = view.object(after: identifier) else {
            return write("NONE\n")
        }
        write(".\(next.identifier)\n\(next.value.lines)\n")
    }

    private func refuseSet() {
        _ = readLine()
        _ = readLine()
        write("not-writable\n")
    }

    private func readIdentifier() -> ObjectIdentifier? {
        readLine().flatMap { ObjectIdentifier($0) }
    }
}

extension MIBView {
    /// What `unit` shows at `moment`.
    static func of(_ unit: DemoUnit, at moment: UnixTime) -> MIBView {
        let readout = UnitReadout(of: unit, at: moment)
        return switch unit.model {
        case .rpdu2: .rpdu2(readout)
        case .rpdu: .rpdu(readout)
        }
    }
}
