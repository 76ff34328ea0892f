// One unit of a device while its reading is put together.

import Basics
import MIB
import Metering

/// A unit as far as it is known.
struct UnitDraft {
    var identity = DeviceIdentity()
    var elements: [Element: ElementReading] = [.wholePDU: ElementReading(.wholePDU)]
    var sensors: [Int: SensorReading] = [:]
    /// The elements for which a table of measurements has a row, whether its values are known or not.
    var metered: Set<Element> = []

    /// The phases that are measured, in the order of their numbers.
    var phases: [ElementReading] {
        let phases = metered.filter { $0.kind == .phase }.sorted { $0.number < $1.number }
        return phases.map { elements[$0] ?? ElementReading($0) }
    }

    /// Whether anything was measured of it.
    var hasMeasurement: Bool {
        elements.values.contains(where: \.hasMeasurement) || sensors.values.contains { $0.hasMeasurement }
    }

    /// Whether a value of `quantity` is known of any element of `kind`.
    func has(_ quantity: Quantity, _ kind: ElementKind) -> Bool {
        elements.values.contains { $0.element.kind == kind && has(quantity, $0) }
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

    /// The reading of the unit by `profile`: the whole first, each kind in the order of its numbers.
    func reading(by profile: DeviceProfile) -> DeviceReading {
        let order = ElementKind.allCases
        // A name or a threshold does not make an outlet.
        let measured = elements.values.filter { $0.element == .wholePDU || $0.hasMeasurement }
        let sorted = measured.sorted { left, right in
            let kinds = (
                order.firstIndex(of: left.element.kind) ?? 0, order.firstIndex(of: right.element.kind) ?? 0
            )
            return kinds.0 == kinds.1 ? left.element.number < right.element.number : kinds.0 < kinds.1
        }
        var identity = identity
        identity.vendor = identity.vendor ?? profile.vendor
        return DeviceReading(
            profile: profile.name,
            identity: identity,
            elements: sorted,
            sensors: sensors.values.filter(\.hasMeasurement).sorted { $0.number < $1.number }
        )
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
