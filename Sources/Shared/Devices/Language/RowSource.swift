// Which rows a profile reads, and how each is told whose it is.

import MIB
import Metering

/// Rows of one kind of element, or of sensors: a table, or a handful of single objects that make one row.
struct RowSource: Hashable, Sendable {
    /// What the rows are about.
    enum Subject: Hashable, Sendable {
        case element(ElementKind)
        case sensor
    }

    /// What a part of a row's index says.
    enum IndexWord: String, CaseIterable, Sendable {
        case number
        case unit
        /// A text behind its length: DisplayString as an index without IMPLIED (RFC 2578, section 7.7).
        case unitText = "unit-text"
        case kind
        case bank
        case phase
        /// Nothing.
        case row
    }

    /// A part of a row's index.
    struct IndexPart: Hashable, Sendable {
        let words: Set<IndexWord>
        /// Rows with another number here are not read.
        var exactly: UInt32?
    }

    /// How a row is numbered among its kind.
    struct Numbering: Hashable, Sendable {
        /// The column with the number.
        var column: ObjectIdentifier?
        /// What catches the number in the column's text.
        var pattern: TextPattern?
        /// The number of the source's only row.
        var fixed: Int?
        /// Whether it stands in the index, where a row has no value in the column.
        ///
        /// Of several parts all but the last count hundreds.
        var isInIndex = false
        /// 1 where the device counts from 0.
        var offset = 0
        /// What is added to the number, where several tables count from 1 each.
        var base = 0
        /// Rows with other numbers (of the last part) are not read; absent: all are.
        var only: Set<Int>?
        /// The object that says how many rows there are; higher numbers are not read.
        var count: ObjectIdentifier?
    }

    /// Where a row's unit stands.
    struct UnitPlace: Hashable, Sendable {
        var column: ObjectIdentifier?
        var isInIndex = false
        /// The unit of all rows.
        var fixed: Int?
    }

    /// What becomes of several rows of one unit.
    enum Combination: String, CaseIterable, Sendable {
        /// They are added up.
        case sum
        /// Nothing is read of them.
        case single
    }

    let subject: Subject
    /// Whether it is read only when the sources before it left one of its values unknown everywhere.
    let isFallback: Bool
    /// Whether the values are single objects instead of columns.
    let isSingle: Bool
    /// What the index of a row looks like; absent: anything.
    let index: [IndexPart]?
    /// Absent for the whole PDU, which needs no number.
    let numbering: Numbering?
    /// Which of several units behind one address the row belongs to; absent: the one with the address.
    let unit: UnitPlace?
    /// The column with the kind of value that a row holds, where a table has rows of several; see also `index`.
    let kind: ObjectIdentifier?
    /// Rows that do not satisfy all of these are not read.
    let conditions: [RowCondition]
    /// Which unit's row is that of the unit with the address; the first row's when absent.
    let host: RowCondition?
    /// What becomes of several rows of one unit; absent: the first with a value counts.
    let combination: Combination?
    /// What is read, by what it means; of several specifications the first that has a value.
    let values: [Quantity: [ValueSpec]]
}

/// Where a value stands.
enum ValuePlace: Hashable, Sendable {
    /// In the row of the source, in this column.
    case column(ObjectIdentifier)
    /// In a single object.
    case object(ObjectIdentifier)
}

/// A condition on one value.
struct RowCondition: Hashable, Sendable {
    let place: ValuePlace
    let test: Test
    /// Whether it changes so rarely that it is asked only as often as names are.
    let isSettled: Bool

    /// What the value must be.
    enum Test: Hashable, Sendable {
        /// One of these, or missing where `orAbsent`; with `isNegated`, none of that.
        case among(RawValues, orAbsent: Bool, isNegated: Bool)
        case like(TextPattern)
        case unlike(TextPattern)
    }

    /// Whether `value` satisfies it; nil is a value that is not there.
    func isSatisfied(by value: SNMPValue?) -> Bool {
        switch test {
        case .among(let values, let orAbsent, let isNegated):
            let present = value.flatMap { RawValues.none.isUnset($0) ? nil : $0 }
            return (present.map(values.contains) ?? orAbsent) != isNegated
        case .like(let pattern):
            return value?.text.flatMap(pattern.match) != nil
        case .unlike(let pattern):
            return value?.text.flatMap(pattern.match) == nil
        }
    }
}

extension RowSource {
    /// Whether a part of the index says `word`.
    func hasInIndex(_ word: IndexWord) -> Bool {
        index?.contains { $0.words.contains(word) } ?? false
    }

    /// Whether rows hold values of different kinds.
    var hasKinds: Bool { kind != nil || hasInIndex(.kind) }
}
