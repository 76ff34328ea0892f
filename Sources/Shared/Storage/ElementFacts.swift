// What a device says of an element that is not a measurement, and its history: the ledger reads a counter by the
// facts of the counter's own time.

import Basics
import Energy
import Metering
import SQLite

enum FactSQL: String, StatementList {
    case versions = """
        SELECT element_id, valid_from, energy_resolution_milliwatt_hours, energy_since,
            energy_maximum_milliwatt_hours, power_limit_milliwatts
        FROM element_version
        WHERE element_id BETWEEN $1 AND $2
        ORDER BY element_id, valid_from
        """
    case units = """
        SELECT element.id, pdu_unit.valid_from, pdu_unit.serial
        FROM element
        CROSS JOIN pdu_unit ON pdu_unit.pdu_id = element.pdu_id
        WHERE element.id BETWEEN $1 AND $2
        ORDER BY element.id, pdu_unit.valid_from
        """
}

/// What a device says of an element that is not a measurement, and what follows from that.
struct ElementFacts: Hashable {
    var name: String?
    var ratedCurrent: FixedPoint?
    var energyResolution: FixedPoint?
    var energySince: String?
    var powerIsEstimate: Bool
    var state: SwitchState?
    var energyMaximum: FixedPoint?
    /// What its circuit can carry at the most, in watts.
    var powerLimit: FixedPoint?
    var ratedPower: FixedPoint?
    var warningCurrent: FixedPoint?
    var criticalCurrent: FixedPoint?
    var bank: Int?
    var phase: Int?

    /// The facts in `reading` of an element whose circuit carries `powerLimit` watts at the most.
    init(_ reading: ElementReading, powerLimit: FixedPoint?) {
        name = reading.name
        ratedCurrent = reading.ratedCurrent
        energyResolution = reading.energyResolution
        energySince = reading.energySince
        powerIsEstimate = reading.powerIsEstimate
        state = reading.state
        energyMaximum = reading.energyMaximum
        self.powerLimit = powerLimit
        ratedPower = reading.ratedPower
        warningCurrent = reading.warningCurrent
        criticalCurrent = reading.criticalCurrent
        bank = reading.bank
        phase = reading.phase
    }

    /// The facts in a row, from `column` on.
    init(_ row: borrowing Row, from column: Int32) {
        name = row.optionalText(column)
        ratedCurrent = row.optionalFixed(column + 1)
        energyResolution = row.optionalFixed(column + 2)
        energySince = row.optionalText(column + 3)
        powerIsEstimate = row.int(column + 4) != 0
        state = row.optionalText(column + 5).flatMap(SwitchState.init)
        energyMaximum = row.optionalFixed(column + 6)
        powerLimit = row.optionalFixed(column + 7)
        ratedPower = row.optionalFixed(column + 8)
        warningCurrent = row.optionalFixed(column + 9)
        criticalCurrent = row.optionalFixed(column + 10)
        bank = row.optionalInt(column + 11).flatMap { Int(exactly: $0) }
        phase = row.optionalInt(column + 12).flatMap { Int(exactly: $0) }
    }

    /// Puts into `reading` what the device said.
    func put(into reading: inout ElementReading) {
        reading.name = name
        reading.ratedCurrent = ratedCurrent
        reading.energyResolution = energyResolution
        reading.energySince = energySince
        reading.powerIsEstimate = powerIsEstimate
        reading.state = state
        reading.energyMaximum = energyMaximum
        reading.ratedPower = ratedPower
        reading.warningCurrent = warningCurrent
        reading.criticalCurrent = criticalCurrent
        reading.bank = bank
        reading.phase = phase
    }

    /// The columns of a row, in the order in which they are read.
    var values: [SQLValue] {
        [
            .string(name), .thousandths(ratedCurrent), .thousandths(energyResolution), .string(energySince),
            .bool(powerIsEstimate), .string(state?.rawValue), .thousandths(energyMaximum),
            .thousandths(powerLimit), .thousandths(ratedPower), .thousandths(warningCurrent),
            .thousandths(criticalCurrent), .int(bank.map(Int64.init)), .int(phase.map(Int64.init)),
        ]
    }
}

/// The facts of some elements at all times that the ledger needs, to be asked in the order of time.
struct FactHistory {
    private struct Version {
        let validFrom: UnixTime
        let resolution: FixedPoint?
        let since: String?
        let maximum: FixedPoint?
        let powerLimit: FixedPoint?
    }

    private struct Unit {
        let validFrom: UnixTime
        let serial: String
    }

    private struct Facts {
        var versions: ArraySlice<Version> = []
        var units: ArraySlice<Unit> = []
        /// A sample with the facts of the time at hand.
        var template = MeterSample(at: UnixTime(.min), power: nil)
        /// When the next facts begin.
        var change = UnixTime(.min)

        /// Goes on to the facts of `time`.
        mutating func advance(to time: UnixTime) {
            // Each version is the first until its successor begins; so is each unit, but none is before the first.
            while let next = versions.dropFirst().first, next.validFrom <= time { versions.removeFirst() }
            while let next = units.first, next.validFrom <= time {
                template.unit = next.serial
                units.removeFirst()
            }
            let version = versions.first
            template.counterResolution = version?.resolution
            template.counterSince = version?.since
            template.counterMaximum = version?.maximum
            template.powerLimit = version?.powerLimit
            change = min(
                versions.dropFirst().first?.validFrom ?? UnixTime(.max),
                units.first?.validFrom ?? UnixTime(.max)
            )
        }
    }

    private var facts: [Int64: Facts] = [:]

    /// What `database` knows of `elements`.
    init(_ database: Connection, of elements: ClosedRange<Int64>) throws {
        let range: [SQLValue] = [.int(elements.lowerBound), .int(elements.upperBound)]
        var facts: [Int64: Facts] = [:]
        try database.statement(FactSQL.versions).forEach(range[0], range[1]) { row in
            facts[row.int(0), default: Facts()].versions.append(
                Version(
                    validFrom: row.time(1),
                    resolution: row.optionalFixed(2),
                    since: row.optionalText(3),
                    maximum: row.optionalFixed(4),
                    powerLimit: row.optionalFixed(5)
                )
            )
        }
        try database.statement(FactSQL.units).forEach(range[0], range[1]) { row in
            facts[row.int(0), default: Facts()].units.append(
                Unit(validFrom: row.time(1), serial: row.text(2))
            )
        }
        self.facts = facts
    }

    /// `reading` as the ledger takes it.
    ///
    /// No call is about a time before that of the last one.
    mutating func sample(_ reading: StoredReading) -> MeterSample {
        if facts[reading.element].map({ $0.change <= reading.time }) ?? false {
            facts[reading.element]?.advance(to: reading.time)
        }
        var sample = facts[reading.element]?.template ?? MeterSample(at: reading.time, power: nil)
        sample.at = reading.time
        sample.power = reading.power
        sample.counter = reading.energy
        return sample
    }
}
