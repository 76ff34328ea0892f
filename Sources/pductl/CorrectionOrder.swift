// What `pductl correct` was asked, checked before anything is opened.

import API
import Basics
import Glibc

/// One thing to do about corrections.
enum CorrectionOrder {
    /// What is to be counted for a range.
    enum Change {
        case exclude
        case energy(kilowattHours: FixedPoint)
        case power(watts: FixedPoint)
    }

    case make(element: String, start: String, end: String, Change, reason: String, author: String)
    case undo(Int64, author: String)
    case list

    private static let exclude = Arguments.Option("--exclude", "take what was read in the range for not read")
    private static let energy = Arguments.Option(
        "--set-energy",
        value: "KWH",
        "count this energy for the range"
    )
    private static let power = Arguments.Option(
        "--set-power",
        value: "WATTS",
        "count this power for the range"
    )
    private static let reason = Arguments.Option("--reason", value: "TEXT", "why, for whoever asks later")
    private static let author = Arguments.Option(
        "--author",
        value: "NAME",
        "who says so (default: who is logged in)"
    )
    private static let undo = Arguments.Option("--undo", value: "ID", "take the correction ID back")
    private static let listing = Arguments.Option("--list", "list every correction, with those taken back")

    /// The options of `correct`.
    static let options = [exclude, energy, power, reason, author, undo, listing]

    /// The longest reason and name, in characters.
    private static let longest = 500

    /// What `invocation` asks; throws `UsageError` when it asks nothing or too much.
    init(_ invocation: Invocation) throws(UsageError) {
        let (arguments, operands) = (invocation.arguments, invocation.operands)
        if let text = arguments.value(Self.undo.name) {
            try Self.demandNothing(but: [Self.undo, Self.author], in: invocation)
            guard let id = Int64(text), id > 0 else {
                throw UsageError("--undo takes the number of a correction: pductl correct --list shows them")
            }
            self = .undo(id, author: try Self.author(in: arguments))
        } else if arguments.has(Self.listing.name) {
            try Self.demandNothing(but: [Self.listing], in: invocation)
            self = .list
        } else {
            guard operands.count == 3 else {
                throw UsageError("correct takes ELEMENT START END, or --undo ID, or --list")
            }
            let change = try Self.change(in: arguments)
            guard let reason = arguments.value(Self.reason.name) else {
                throw UsageError("--reason TEXT is missing: whoever asks later wants to know why")
            }
            self = .make(
                element: operands[0],
                start: operands[1],
                end: operands[2],
                change,
                reason: try Self.oneLine(reason, Self.reason),
                author: try Self.author(in: arguments)
            )
        }
    }

    private static func demandNothing(
        but allowed: [Arguments.Option],
        in invocation: Invocation
    ) throws(UsageError) {
        guard invocation.operands.isEmpty,
            !options.contains(where: { invocation.arguments.has($0.name) && !allowed.contains($0) })
        else {
            throw UsageError("\(allowed[0].name) stands alone\(allowed.count > 1 ? " or with --author" : "")")
        }
    }

    private static func change(in arguments: Arguments) throws(UsageError) -> Change {
        let given = [exclude, energy, power].filter { arguments.has($0.name) }
        guard given.count == 1 else {
            throw UsageError("give one of --exclude, --set-energy KWH and --set-power WATTS")
        }
        if let text = arguments.value(energy.name), given[0] == energy {
            return .energy(kilowattHours: try amount(text, energy))
        }
        if let text = arguments.value(power.name), given[0] == power {
            return .power(watts: try amount(text, power))
        }
        return .exclude
    }

    private static func amount(_ text: String, _ option: Arguments.Option) throws(UsageError) -> FixedPoint {
        // A thousand million is far above any PDU, and far below where numbers end.
        guard let amount = FixedPoint(decimal: text), (0...1_000_000_000_000).contains(amount.thousandths)
        else {
            throw UsageError(
                "\(option.name) takes a decimal number from 0 on, with three decimals at the most"
            )
        }
        return amount
    }

    /// Who says so: `--author`, or who called sudo, or who runs this.
    private static func author(in arguments: Arguments) throws(UsageError) -> String {
        if let name = arguments.value(author.name) { return try oneLine(name, author) }
        if let name = getenv("SUDO_USER").map({ String(cString: $0) }), !name.isEmpty {
            return try oneLine(name, author)
        }
        guard let entry = getpwuid(getuid()) else {
            throw UsageError("this user has no name: --author NAME")
        }
        return String(cString: entry.pointee.pw_name)
    }

    /// `text` without blanks at its ends, if it is a line that can be shown anywhere.
    private static func oneLine(_ text: String, _ option: Arguments.Option) throws(UsageError) -> String {
        let scalars = text.unicodeScalars
        guard !scalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw UsageError("\(option.name) takes one line of text, without control characters")
        }
        let line = String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        guard !line.isEmpty, line.count <= longest else {
            throw UsageError("\(option.name) takes 1 to \(longest) characters")
        }
        return line
    }
}

extension CorrectionOrder.Change {
    /// The energy to be counted over `range` in thousandths of a watt-second; absent: none was read.
    ///
    /// Throws `UsageError` when it is beyond all numbers.
    func energy(over range: TimeRange) throws(UsageError) -> Int64? {
        let (amount, overflow): (Int64, Bool)
        switch self {
        case .exclude: return nil
        case .energy(let kilowattHours):
            (amount, overflow) = kilowattHours.thousandths.multipliedReportingOverflow(by: 3_600_000)
        case .power(let watts):
            (amount, overflow) = watts.thousandths.multipliedReportingOverflow(by: range.end - range.start)
        }
        guard !overflow else { throw UsageError("that is more energy than can be counted") }
        return amount
    }
}
