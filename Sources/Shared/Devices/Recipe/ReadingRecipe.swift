// How the answers of a known device become its reading: what the decoder finds out from a profile and a device's tables
// (which rows there are, whose each is, which objects a value may come from), worked out once. Devices of one kind have
// the same recipe, though not the same names and serial numbers; so it is kept once for all of them.

import MIB
import Metering

/// What the decoder found out about the tables of a device.
struct ReadingRecipe: Hashable, Sendable {
    /// A value that may be read from a row by a specification.
    struct Use: Hashable, Sendable {
        /// Its place in `specs`.
        let spec: Int
        /// The row's number among its kind.
        let number: Int
        /// The inputs of the specification's parts, in the order of `ValueSpec.inputOffset`; −1 where one is not there.
        let inputs: [Int32]
    }

    /// One way to a value; of several the first that leads to one.
    enum Choice: Hashable, Sendable {
        case value(Use)
        /// The number of a bank or phase, as the row's index says.
        case number(Int)
        /// What the first of these says that is there at all.
        case first([Use])
        /// The sum of what the first of each says that is there at all; unknown if one is.
        case sum([[Use]])
    }

    /// A value of an element or a sensor.
    struct Slot: Hashable, Sendable {
        let quantity: Quantity
        var choices: [Choice] = []
        /// How many of them are not of a fallback.
        var primaryCount = 0
        /// The quantity's place among all.
        let mask: UInt32

        init(quantity: Quantity, choices: [Choice] = [], primaryCount: Int = 0) {
            self.quantity = quantity
            self.choices = choices
            self.primaryCount = primaryCount
            mask = quantity.mask
        }
    }

    struct ElementLayout: Hashable, Sendable {
        let element: Element
        var slots: [Slot] = []
    }

    struct SensorLayout: Hashable, Sendable {
        let number: Int
        var slots: [Slot] = []
    }

    /// A unit behind the address.
    struct UnitLayout: Hashable, Sendable {
        let number: Int
        /// In the order of `ElementTable`.
        var elements: [ElementLayout]
        var sensors: [SensorLayout]
        var meteredPhases: [Int]
    }

    /// A source that is read when the others leave one of its values unknown everywhere.
    struct Fallback: Hashable, Sendable {
        let subject: RowSource.Subject
        let quantities: Set<Quantity>
        /// Whether it was read.
        let isRead: Bool
        /// The quantities' places among all.
        let mask: UInt32

        init(subject: RowSource.Subject, quantities: Set<Quantity>, isRead: Bool) {
            self.subject = subject
            self.quantities = quantities
            self.isRead = isRead
            mask = quantities.reduce(0) { $0 | $1.mask }
        }
    }

    /// What the recipe takes for granted of values that move.
    enum Assumption: Hashable, Sendable {
        case condition(RowCondition, input: Int, isSatisfied: Bool)
        case value(SNMPValue, input: Int)
    }

    /// What the profile lets one conclude and call it.
    struct Family: Hashable, Sendable {
        let name: String
        let vendor: String?
        let conclusions: UnitDraft.Conclusions
        let descriptionMarks: [Quantity: String]
        let isLineToLine: Bool
    }

    let family: Family
    let specs: [ValueSpec]
    let units: [UnitLayout]
    /// The number of the unit that has the address.
    let host: Int
    let fallbacks: [Fallback]
    let assumptions: [Assumption]
    /// What an estimate is made with, as set on the device.
    let nominalVoltage: Use?
    let powerFactor: Use?
    /// The specifications that are plain numbers.
    let plainNumbers: [PlainNumber?]

    init(
        family: Family,
        specs: [ValueSpec],
        units: [UnitLayout],
        host: Int,
        fallbacks: [Fallback],
        assumptions: [Assumption],
        nominalVoltage: Use?,
        powerFactor: Use?
    ) {
        self.family = family
        self.specs = specs
        self.units = units
        self.host = host
        self.fallbacks = fallbacks
        self.assumptions = assumptions
        self.nominalVoltage = nominalVoltage
        self.powerFactor = powerFactor
        plainNumbers = specs.map { PlainNumber($0) }
    }
}

extension Quantity {
    /// One bit, another for each.
    fileprivate var mask: UInt32 { 1 << (Self.allCases.firstIndex(of: self) ?? 31) }
}

extension ValueSpec {
    /// How many inputs a use of it has.
    var inputCount: Int { 1 + conditions.count + 4 * terms.count + 2 }

    /// Where among the inputs of a use that of `part` is.
    func inputOffset(of part: SpecPart) -> Int {
        switch part {
        case .place: 0
        case .condition(let number): 1 + number
        case .term(let number): 1 + conditions.count + 4 * number
        case .digits(let number): 2 + conditions.count + 4 * number
        case .multiplier(let number): 3 + conditions.count + 4 * number
        case .factor(let number): 4 + conditions.count + 4 * number
        case .fahrenheit: 1 + conditions.count + 4 * terms.count
        case .estimate: 2 + conditions.count + 4 * terms.count
        }
    }
}
