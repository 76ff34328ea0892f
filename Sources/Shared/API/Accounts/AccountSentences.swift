// An account in plain English: a handful of sentences that a colocation provider can be shown. Pure.

internal import Basics
internal import Energy
internal import Metering
internal import Storage

extension ElementAccount {
    /// The account in sentences, the most important one first.
    func sentences(in calendar: SiteCalendar) -> [String] {
        let words = AccountWords(calendar: calendar)
        let parts = [
            [result(words)], methods, counter(words), remarks(words), gaps(words),
            CorrectionWords.sentences(corrections, words), readings, comparison,
        ]
        return parts.flatMap { $0 }
    }

    private func result(_ words: AccountWords) -> String {
        let span = AccountWords.span(of: range, words)
        guard let total = energy.total else {
            return "What \(element.sentenceName) used \(span) is not known."
        }
        return "\(element.sentenceName) used \(AccountWords.energy(total)) \(span)."
    }

    private var methods: [String] { AccountWords.methods(of: energy).map { [$0] } ?? [] }

    private func counter(_ words: AccountWords) -> [String] {
        guard let opening = explanation.opening, let closing = explanation.closing, opening.at < closing.at
        else {
            return []
        }
        let step = element.energyResolution.map { ", in steps of \(AccountWords.counter($0))" } ?? ""
        let values =
            "Its counter showed \(AccountWords.counter(opening.value)) at \(words.moment(opening.at)) and "
            + "\(AccountWords.counter(closing.value)) at \(words.moment(closing.at))"
        guard !explanation.remarks.contains(where: \.remark.endsEpoch), closing.value >= opening.value else {
            return ["\(values); it began anew in between, so that the difference says nothing."]
        }
        let rise = FixedPoint(thousandths: closing.value.thousandths - opening.value.thousandths)
        return ["\(values): \(AccountWords.counter(rise)) more\(step)."]
    }

    private func remarks(_ words: AccountWords) -> [String] {
        let shown = explanation.remarks.prefix(3).map { remark in
            "At \(words.moment(remark.at)): \(remark.remark.sentence)"
        }
        let more = explanation.remarks.count - shown.count
        return more > 0
            ? shown + ["\(more) more such things were noticed; the list of remarks has them all."] : shown
    }

    private func gaps(_ words: AccountWords) -> [String] {
        guard let longest = explanation.gaps.max(by: { $0.end - $0.start < $1.end - $1.start }) else {
            return []
        }
        let seconds = explanation.gaps.reduce(0) { $0 + ($1.end - $1.start) }
        let span = "from \(words.moment(longest.start)) to \(words.moment(longest.end))"
        let which =
            explanation.gaps.count == 1
            ? "There were no readings \(span) (\(AccountWords.duration(seconds)))"
            : "There were no readings \(explanation.gaps.count) times, \(AccountWords.duration(seconds)) together, "
                + "the longest time \(span)"
        let bridged = explanation.gaps.compactMap(\.energy)
        let energy = AccountWords.energy(bridged.reduce(0) { $0 + EnergyParts.millionths($1) })
        if bridged.isEmpty {
            return ["\(which). What was used then is not known, and nothing was made up for it."]
        }
        let unknown = explanation.gaps.count - bridged.count
        let rest = unknown == 0 ? "" : " For \(unknown) of them it cannot tell, and nothing was made up."
        return ["\(which). The counter tells what was used meanwhile: \(energy), spread evenly.\(rest)"]
    }

    private var readings: [String] {
        let readings = AccountWords.counted(explanation.rollup.readings, "reading")
        let covered = min(explanation.rollup.coveredSeconds, range.seconds)
        guard explanation.rollup.readings > 0 else { return ["No power was read in that time."] }
        guard covered < range.seconds else { return ["\(readings) of power cover all of the time."] }
        let share = AccountWords.percent(Double(covered) / Double(range.seconds))
        return [
            "\(readings) of power cover \(AccountWords.duration(covered)) of the "
                + "\(AccountWords.duration(range.seconds)) (\(share))."
        ]
    }

    private var comparison: [String] {
        guard let drift else { return [] }
        let integral = AccountWords.energy(EnergyParts.millionths(explanation.comparedIntegral))
        let counted = AccountWords.energy(EnergyParts.millionths(explanation.comparedCounted))
        let size = FixedPoint(thousandths: (Int64(drift.thousandths.magnitude) + 50) / 100 * 100)
        let side = drift.thousandths < 0 ? "below" : "above"
        let found =
            "Where both are known, power adds up to \(integral) and the counter to \(counted): power reads"
        if size.thousandths == 0 { return ["\(found) the same as the counter."] }
        // As the ledger takes it: more than twice the other.
        let isWrong = drift.doubleValue > 100 || drift.doubleValue < -50
        return [
            "\(found) \(size) % \(side) the counter\(isWrong ? "; one of the two has a wrong scale" : "")."
        ]
    }
}

extension ElementRecord {
    /// `Left PDU`, or `Outlet 3 of Left PDU ("web-1")`.
    fileprivate var sentenceName: String {
        guard element != .wholePDU else { return pdu.name }
        let kind = element.kind.rawValue
        let given = name.map { " (\"\($0)\")" } ?? ""
        return "\(kind.prefix(1).uppercased())\(kind.dropFirst()) \(element.number) of \(pdu.name)\(given)"
    }
}

extension SumAccount {
    /// The account in sentences, the most important one first.
    func sentences(in calendar: SiteCalendar) -> [String] {
        let words = AccountWords(calendar: calendar)
        let span = AccountWords.span(of: range, words)
        let known = members.filter { $0.energy != nil }
        guard let total = energy.total else { return ["What the \(who) used \(span) is not known."] }
        var sentences = ["The \(who) together used \(AccountWords.energy(total)) \(span)."]
        if known.count < coverage.membersTotal {
            sentences.append(
                "Of them, \(known.count) are known and in this sum; nothing was made up for the others."
            )
        }
        if let methods = AccountWords.methods(of: energy) { sentences.append(methods) }
        let amounts = AccountWords.energies(known.map { $0.energy ?? 0 })
        for (member, amount) in zip(known, amounts).prefix(8) {
            let share =
                total > 0 ? " (\(AccountWords.percent(Double(member.energy ?? 0) / Double(total))))" : ""
            sentences.append("\(member.element.sentenceName) used \(amount)\(share).")
        }
        if known.count > 8 { sentences.append("\(known.count - 8) more are in the list of members.") }
        return sentences + CorrectionWords.sentences(corrections, words)
    }
}

extension AccountWords {
    /// `from … to …, which is 23 h (Europe/London)`.
    static func span(of range: TimeRange, _ words: AccountWords) -> String {
        "from \(words.moment(range.start)) to \(words.moment(range.end)), which is \(duration(range.seconds))"
    }

    /// How `energy` is known; nil when nothing is.
    static func methods(of energy: EnergyParts) -> String? {
        let known = EnergyParts.Method.allCases.compactMap { method in energy[method].map { (method, $0) } }
        guard let (only, _) = known.first else { return nil }
        if known.count == 1 { return "All of it was \(words(for: only))." }
        let parts = zip(known, energies(known.map(\.1))).map { part, amount in
            let share = energy.share(part.0).map { " (\(percent($0)))" } ?? ""
            return "\(amount)\(share) was \(words(for: part.0))"
        }
        return "Of it, \(list(parts))."
    }

    private static func words(for method: EnergyParts.Method) -> String {
        switch method {
        case .counted: "counted by the PDU's own energy counter"
        case .integrated: "integrated from power, reading by reading"
        case .interpolated: "counted across a gap and spread over it"
        case .corrected: "set by a correction"
        }
    }
}

/// Corrections in sentences.
enum CorrectionWords {
    /// One sentence for each of `corrections` that holds, at most three.
    static func sentences(_ corrections: [CorrectionRecord], _ words: AccountWords) -> [String] {
        let holding = corrections.filter { $0.undoneAt == nil }
        let shown = holding.prefix(3).map { sentence($0, words) }
        let more = holding.count - shown.count
        return more > 0 ? shown + ["\(more) more corrections are in the list of corrections."] : shown
    }

    private static func sentence(_ record: CorrectionRecord, _ words: AccountWords) -> String {
        let correction = record.correction
        let span = "from \(words.moment(correction.start)) to \(words.moment(correction.end))"
        let what =
            correction.energy.map { "set \(AccountWords.energy(EnergyParts.millionths($0))) \(span)" }
            ?? "excluded what was read \(span)"
        return "Correction \(record.id) by \(record.author) \(what): \(record.reason)."
    }
}
