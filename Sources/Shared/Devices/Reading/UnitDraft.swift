// One unit of a device while its reading is put together.

import Basics
import MIB
import Metering

/// A unit as far as it is known.
struct UnitDraft {
    var identity = DeviceIdentity()
    var elements = ElementTable(ordered: [ElementReading(.wholePDU)])
    var sensors: [Int: SensorReading] = [:]
    /// The numbers of the phases for which a table of measurements has a row, whether its values are known or not.
    var meteredPhases: [Int] = []

    /// The phases that are measured, in the order of their numbers.
    var phases: [ElementReading] {
        meteredPhases.map { elements[Element(.phase, $0)] ?? ElementReading(Element(.phase, $0)) }
    }

    /// Notes that a table of measurements has a row for `element`.
    mutating func meter(_ element: Element) {
        guard element.kind == .phase, !meteredPhases.contains(element.number) else { return }
        meteredPhases.append(element.number)
        meteredPhases.sort()
    }

    /// Whether anything was measured of it.
    var hasMeasurement: Bool {
        elements.readings.contains(where: \.hasMeasurement) || sensors.values.contains { $0.hasMeasurement }
    }

    /// Whether a value of `quantity` is known of any element of `kind`.
    func has(_ quantity: Quantity, _ kind: ElementKind) -> Bool {
        elements.readings.contains { $0.element.kind == kind && has(quantity, $0) }
    }

    private func has(_ quantity: Quantity, _ reading: ElementReading) -> Bool {
        switch quantity {
        case .name: reading.name != nil
        case .power: reading.activePower != nil
        case .apparentPower: reading.apparentPower != nil
        case .current: reading.current != nil
        case .voltage: reading.voltage != nil
        case .powerFactor: reading.powerFactor != nil
        case .energy: reading.energy != nil
        case .energySince: reading.energySince != nil
        case .state: reading.state != nil
        case .ratedCurrent: reading.ratedCurrent != nil
        case .ratedPower: reading.ratedPower != nil
        case .warningCurrent: reading.warningCurrent != nil
        case .criticalCurrent: reading.criticalCurrent != nil
        case .bank: reading.bank != nil
        case .phase: reading.phase != nil
        case .vendor: identity.vendor != nil
        case .model: identity.model != nil
        case .serial: identity.serial != nil
        case .firmware: identity.firmware != nil
        case .temperature, .humidity: true
        }
    }

    /// The reading of the unit by the profile called `profile`, of a family of `vendor`: the whole first, each kind in
    /// the order of its numbers.
    func reading(profile: String, vendor: String?) -> DeviceReading {
        var identity = identity
        identity.vendor = identity.vendor ?? vendor
        return DeviceReading(
            profile: profile,
            identity: identity,
            // A name or a threshold does not make an outlet.
            elements: elements.readings.filter { $0.element == .wholePDU || $0.hasMeasurement },
            sensors: sensors.values.filter(\.hasMeasurement).sorted { $0.number < $1.number }
        )
    }
}

extension DeviceReading {
    /// The reading of a device of `units`, of which `host` has the address; nil when nothing was measured of that.
    init?(units: [Int: UnitDraft], host: Int, profile: String, vendor: String?) {
        guard let draft = units[host], draft.hasMeasurement else { return nil }
        self = draft.reading(profile: profile, vendor: vendor)
        guard units.count > 1 else { return }
        linkedUnits = units.keys.sorted().compactMap { number in
            guard number != host, let unit = units[number], unit.hasMeasurement else { return nil }
            return LinkedUnit(number: number, reading: unit.reading(profile: profile, vendor: vendor))
        }
    }
}

extension ElementReading {
    /// Whether anything was measured, a name not being a measurement.
    var hasMeasurement: Bool {
        activePower != nil || apparentPower != nil || current != nil || voltage != nil || powerFactor != nil
            || energy != nil || state != nil
    }
}

extension SensorReading {
    /// Whether anything was measured.
    var hasMeasurement: Bool { temperature != nil || humidity != nil }
}
