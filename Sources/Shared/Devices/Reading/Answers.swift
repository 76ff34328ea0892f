// What was read from a device: single objects, and columns by row.

import MIB

/// A column that was read: its values by row index, in the order of the agent's.
struct ColumnValues: Hashable, Sendable {
    private(set) var indexes: [[UInt32]] = []
    private var values: [[UInt32]: SNMPValue] = [:]

    subscript(index: [UInt32]) -> SNMPValue? { values[index] }

    /// Adds `value` at `index`, or puts it in the place of the one that is there.
    mutating func set(_ value: SNMPValue, at index: [UInt32]) {
        if values.updateValue(value, forKey: index) == nil { indexes.append(index) }
    }
}

/// What was read from a device so far.
struct Answers: Sendable {
    var objects: [ObjectIdentifier: SNMPValue] = [:]
    var columns: [ObjectIdentifier: ColumnValues] = [:]

    /// The value at `place` in the row `index`, and the object that it is the value of.
    func value(at place: ValuePlace, _ index: [UInt32]) -> (object: ObjectIdentifier, value: SNMPValue)? {
        switch place {
        case .object(let object): objects[object].map { (object, $0) }
        case .column(let column): columns[column]?[index].map { (column.appending(index), $0) }
        }
    }
}
