// What became of the predecessor's readings: how many were taken, and of the others why not.

package import Basics

/// Why a reading was not taken.
package enum ImportRefusal: String, CaseIterable, Sendable {
    case alreadyThere = "already_there"
    case sameMinute = "same_minute"
    case noPower = "no_power"
    case negative = "negative"
    case implausible = "implausible"
    case unitsDisagree = "units_disagree"
    case noTime = "no_time"
    case toCome = "to_come"
    case recent = "recent"
    case archived = "archived"
    case accountsClosed = "accounts_closed"
    case unknownOwner = "unknown_owner"

    /// The reason in words.
    package var words: String {
        switch self {
        case .alreadyThere: "the history has a reading of that minute already, which stays"
        case .sameMinute: "a second reading of one minute: the first counts"
        case .noPower: "there is no number for the power"
        case .negative: "the power is negative"
        case .implausible: "the power is beyond what any rack PDU carries (250 kW)"
        case .unitsDisagree: "the columns for W and kW disagree"
        case .noTime: "the time cannot be read, or the site's clocks never showed it"
        case .toCome: "the time is still to come"
        case .recent:
            "it is of the hours that pdu-poll has just read; a later import takes what is missing there"
        case .archived: "its month is in the archive already, which is not written again"
        case .accountsClosed: "readings of its time are missing, so its accounts cannot be worked out again"
        case .unknownOwner: "its PDU or outlet is not in the file"
        }
    }
}

/// What an import is to do.
package struct ImportPlan: Sendable {
    /// A PDU of the configuration.
    package struct Target: Hashable, Sendable {
        package let key: String
        package let name: String
        /// As the configuration writes it.
        package let address: String
        /// The host in the address.
        package let host: String

        /// A PDU of these parts.
        package init(key: String, name: String, address: String, host: String) {
            self.key = key
            self.name = name
            self.address = address
            self.host = host
        }
    }

    /// How a PDU of the file was found in the configuration.
    package enum Match: String, Sendable {
        case order = "as told"
        case address = "by its address"
        case name = "by its name"
        case none = "not in the configuration: its history is kept, and it is not polled"
    }

    package var clock: ImportClock
    package var units: [PredecessorFile.Table: ImportUnit]
    /// Seconds between readings.
    package var interval: Int64
    /// Whether whole units' powers are estimates.
    package var powerIsEstimate: Bool
    /// Where the readings of each unit of the file go.
    package var targets: [Int64: (target: Target, match: Match)]

    /// A plan of these parts.
    package init(
        clock: ImportClock,
        units: [PredecessorFile.Table: ImportUnit],
        interval: Int64,
        powerIsEstimate: Bool,
        targets: [Int64: (target: Target, match: Match)]
    ) {
        self.clock = clock
        self.units = units
        self.interval = interval
        self.powerIsEstimate = powerIsEstimate
        self.targets = targets
    }

    /// Where the readings of `units` go.
    ///
    /// To those that `orders` name, by name or address; then to the PDU of `configured` at the same address; then to the one
    /// of the same name. One that is in no configuration is known by its name.
    package static func targets(
        of units: [PredecessorFile.Unit],
        among configured: [Target],
        orders: [String: Target] = [:]
    ) -> [Int64: (target: Target, match: Match)] {
        var found: [Int64: (target: Target, match: Match)] = [:]
        var free = configured
        func take(_ match: Match, _ choose: (PredecessorFile.Unit) -> Target?) {
            for unit in units where found[unit.id] == nil {
                guard let target = choose(unit), free.contains(target) || match == .order else { continue }
                found[unit.id] = (target, match)
                free.removeAll { $0 == target }
            }
        }
        take(.order) { orders[$0.name] ?? orders[$0.address] }
        take(.address) { unit in free.first { $0.host.lowercased() == unit.address.lowercased() } }
        take(.name) { unit in free.first { $0.name == unit.name || $0.key == unit.name } }
        take(.name) { unit in free.first { $0.name.lowercased() == unit.name.lowercased() } }
        var taken = Set(configured.map(\.key)).union(found.values.map(\.target.key))
        for unit in units where found[unit.id] == nil {
            let key = taken.contains(unit.name) ? "\(unit.name) (\(unit.address))" : unit.name
            taken.insert(key)
            let target = Target(key: key, name: key, address: unit.address, host: unit.address)
            found[unit.id] = (target, .none)
        }
        return found
    }
}

/// What an import did.
package struct ImportReport: Sendable {
    /// What became of one table's readings of one PDU.
    package struct Tally: Sendable {
        /// Readings in the file.
        package var read = 0
        /// Those that are in the history now, and were not before.
        package var taken = 0
        package var refused: [ImportRefusal: Int] = [:]
        /// The first and the last of those that were taken.
        package var first: UnixTime?
        package var last: UnixTime?

        mutating func take(_ time: UnixTime) {
            taken += 1
            first = min(first ?? time, time)
            last = max(last ?? time, time)
        }
    }

    /// What became of a PDU of the file.
    package struct Unit: Sendable {
        package let unit: PredecessorFile.Unit
        package let target: ImportPlan.Target
        package let match: ImportPlan.Match
        package var whole = Tally()
        package var outlets = Tally()
    }

    /// Nothing yet.
    package init() {}

    package var units: [Unit] = []
    /// Readings of no PDU in the file.
    package var strays = 0
    /// The element of each port of the file, where the history has one.
    package var elements: [Int64: Int64] = [:]

    /// Readings that were taken, in all.
    package var taken: Int { units.reduce(0) { $0 + $1.whole.taken + $1.outlets.taken } }
    /// Readings in the file, in all.
    package var read: Int { strays + units.reduce(0) { $0 + $1.whole.read + $1.outlets.read } }
    /// Why the others were not, in all.
    package var refused: [ImportRefusal: Int] {
        var sum: [ImportRefusal: Int] = strays > 0 ? [.unknownOwner: strays] : [:]
        for unit in units {
            for tally in [unit.whole, unit.outlets] { sum.merge(tally.refused, uniquingKeysWith: +) }
        }
        return sum
    }
}

/// How far an import is.
package enum ImportPhase: String, Sendable {
    case reading = "taking readings"
    case accounting = "working out energy"
}
