import MIB

/// Takes notes of what decided which rows there are, and whose each is: as long as that stays, so do they.
final class RowTrace {
    /// A condition that was asked.
    struct Decision: Hashable {
        let object: ObjectIdentifier
        let condition: RowCondition
        let isSatisfied: Bool
    }

    /// The conditions, each once.
    private(set) var decisions: Set<Decision> = []
    /// The other values that were looked at.
    private(set) var values: [ObjectIdentifier: SNMPValue] = [:]

    /// Notes that `condition` was asked of `object`.
    func note(_ condition: RowCondition, of object: ObjectIdentifier, isSatisfied: Bool) {
        decisions.insert(Decision(object: object, condition: condition, isSatisfied: isSatisfied))
    }

    /// Notes that `object` was looked at, and had `value`.
    func note(_ object: ObjectIdentifier, _ value: SNMPValue) {
        values[object] = value
    }
}
