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
        elements.readings.contains { $0.hasMeasurement } || sensors.values.contains { $0.hasMeasurement }
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
        // A name or a threshold does not make an outlet.
        let isWhole = elements.readings.allSatisfy { $0.element == .wholePDU || $0.hasMeasurement }
        return DeviceReading(
            profile: profile,
            identity: identity,
            elements: isWhole
                ? elements.readings
                : elements.readings.filter { $0.element == .wholePDU || $0.hasMeasurement },
            sensors: sensors.isEmpty
                ? [] : sensors.values.filter(\.hasMeasurement).sorted { $0.number < $1.number }
        )
    }
}

extension DeviceReading {
    /// The reading of a device whose unit with the address is `host`, with `others` behind it by their numbers; nil when
    /// nothing was measured of the host.
    init?(_ host: UnitDraft, others: [Int: UnitDraft], profile: String, vendor: String?) {
        guard host.hasMeasurement else { return nil }
        self = host.reading(profile: profile, vendor: vendor)
        for (number, unit) in others.sorted(by: { $0.key < $1.key }) where unit.hasMeasurement {
            linkedUnits.append(
                LinkedUnit(number: number, reading: unit.reading(profile: profile, vendor: vendor))
            )
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
