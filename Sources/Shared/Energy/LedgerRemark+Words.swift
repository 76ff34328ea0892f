// What the ledger noticed, in words: the same in the list of events, in an explanation and on paper.

import Basics

extension LedgerRemark {
    /// A word for programs, such as `counter_reset`.
    package var word: String {
        switch self {
        case .counterReset: "counter_reset"
        case .counterRolledOver: "counter_rolled_over"
        case .unitReplaced: "unit_replaced"
        case .jumpWithheld: "jump_withheld"
        case .jumpConfirmed: "jump_confirmed"
        case .jumpDismissed: "jump_dismissed"
        case .powerWithheld: "power_withheld"
        case .scaleSuspected: "scale_suspected"
        case .scaleSettled: "scale_settled"
        }
    }

    /// A sentence for people, with its numbers and what was done about them.
    package var sentence: String {
        switch self {
        case .counterReset(let from, let to):
            "The counter went from \(kilowattHours(from)) back to \(kilowattHours(to)): it was reset. "
                + "The energy before stays, and counting goes on from there."
        case .counterRolledOver(let from, let to):
            "The counter went from \(kilowattHours(from)) past its largest value to \(kilowattHours(to)). "
                + "Nothing is lost."
        case .unitReplaced(let from, let to):
            "The unit with the serial number \(from) was replaced by \(to). "
                + "The energy before stays, and counting goes on with the new unit's counter."
        case .jumpWithheld(let from, let to, let limit):
            "The counter rose from \(kilowattHours(from)) to \(kilowattHours(to)), and its circuit can have drawn "
                + "\(kilowattHours(limit)) at the most. The rise is not counted unless it proves true."
        case .jumpConfirmed(let from, let to):
            "The rise of the counter from \(kilowattHours(from)) to \(kilowattHours(to)) proved true and is counted."
        case .jumpDismissed(let from, let to):
            "The rise of the counter from \(kilowattHours(from)) to \(kilowattHours(to)) did not prove true and is "
                + "never counted."
        case .powerWithheld(let power, let limit):
            "A power of \(power) W was read, and the circuit carries \(limit) W at the most. It is not counted."
        case .scaleSuspected(let counted, let integrated):
            "The counter rose by \(kilowattHours(counted)) while power makes \(kilowattHours(integrated)): one of the "
                + "two has a wrong scale."
        case .scaleSettled:
            "The counter and power agree again."
        }
    }

    /// Whether the counter goes on from another value, so that the difference of its values before and after says
    /// nothing.
    package var endsEpoch: Bool {
        switch self {
        case .counterReset, .counterRolledOver, .unitReplaced: true
        default: false
        }
    }
}

/// Watt-hours as people read them.
private func kilowattHours(_ wattHours: FixedPoint) -> String {
    "\(wattHours.descriptionInThousands) kWh"
}
