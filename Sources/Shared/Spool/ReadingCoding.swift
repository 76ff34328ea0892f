// What is in a spooled reading of a device.
//
//   reading:  profile; optional: vendor, model, serial number, firmware, name; elements, sensors, linked units
//   element:  kind (0 the whole PDU, 1 phase, 2 bank, 3 outlet), number; optional: name, active power, apparent power,
//             current, voltage, power factor, energy, its step, its maximum, its words of when it was reset, state
//             (0 off, 1 on, 2 unknown), rated current, rated power, warning and critical current, bank, phase, and
//             whether the power is an estimate, which has no value
//   sensor:   number; optional: name, temperature, humidity
//   unit:     number, reading
//
// Decimal numbers are whole thousandths.

import Basics
import Metering

extension ByteWriter {
    mutating func put(_ reading: DeviceReading) {
        put(reading.profile)
        var identity = OptionalFields()
        identity.put(reading.identity.vendor)
        identity.put(reading.identity.model)
        identity.put(reading.identity.serial)
        identity.put(reading.identity.firmware)
        identity.put(reading.identity.name)
        put(identity)
        put(UInt64(reading.elements.count))
        for element in reading.elements { put(element) }
        put(UInt64(reading.sensors.count))
        for sensor in reading.sensors { put(sensor) }
        put(UInt64(reading.linkedUnits.count))
        for unit in reading.linkedUnits {
            put(unit.number)
            put(unit.reading)
        }
    }

    private mutating func put(_ element: ElementReading) {
        put(element.element.kind.code)
        put(element.element.number)
        var fields = OptionalFields()
        fields.put(element.name)
        fields.put(element.activePower)
        fields.put(element.apparentPower)
        fields.put(element.current)
        fields.put(element.voltage)
        fields.put(element.powerFactor)
        fields.put(element.energy)
        fields.put(element.energyResolution)
        fields.put(element.energyMaximum)
        fields.put(element.energySince)
        fields.put(element.state?.code)
        fields.put(element.ratedCurrent)
        fields.put(element.ratedPower)
        fields.put(element.warningCurrent)
        fields.put(element.criticalCurrent)
        fields.put(element.bank)
        fields.put(element.phase)
        fields.put(element.powerIsEstimate)
        put(fields)
    }

    private mutating func put(_ sensor: SensorReading) {
        put(sensor.number)
        var fields = OptionalFields()
        fields.put(sensor.name)
        fields.put(sensor.temperature)
        fields.put(sensor.humidity)
        put(fields)
    }
}

extension ByteReader {
    /// A reading; of a unit behind another one's address where `isLinked`, which has no such units itself.
    mutating func deviceReading(isLinked: Bool = false) throws(ByteMismatch) -> DeviceReading {
        let profile = try text()
        var presence = try presence(of: 5)
        var identity = DeviceIdentity()
        identity.vendor = try presence.text(&self)
        identity.model = try presence.text(&self)
        identity.serial = try presence.text(&self)
        identity.firmware = try presence.text(&self)
        identity.name = try presence.text(&self)
        var elements: [ElementReading] = []
        for _ in 0..<(try count(of: 6)) { elements.append(try element()) }
        var sensors: [SensorReading] = []
        for _ in 0..<(try count(of: 5)) { sensors.append(try sensor()) }
        var units: [LinkedUnit] = []
        for _ in 0..<(try count(of: 9)) {
            guard !isLinked else { throw ByteMismatch("a linked unit has linked units") }
            let number = try integer()
            units.append(LinkedUnit(number: number, reading: try deviceReading(isLinked: true)))
        }
        return DeviceReading(
            profile: profile,
            identity: identity,
            elements: elements,
            sensors: sensors,
            linkedUnits: units
        )
    }

    private mutating func element() throws(ByteMismatch) -> ElementReading {
        guard let kind = ElementKind(code: try unsigned()) else { throw ByteMismatch("a kind is not known") }
        var reading = ElementReading(Element(kind, try integer()))
        var presence = try presence(of: 18)
        reading.name = try presence.text(&self)
        reading.activePower = try presence.fixedPoint(&self)
        reading.apparentPower = try presence.fixedPoint(&self)
        reading.current = try presence.fixedPoint(&self)
        reading.voltage = try presence.fixedPoint(&self)
        reading.powerFactor = try presence.fixedPoint(&self)
        reading.energy = try presence.fixedPoint(&self)
        reading.energyResolution = try presence.fixedPoint(&self)
        reading.energyMaximum = try presence.fixedPoint(&self)
        reading.energySince = try presence.text(&self)
        if let code = try presence.number(&self) {
            guard let state = SwitchState(code: code) else { throw ByteMismatch("a state is not known") }
            reading.state = state
        }
        reading.ratedCurrent = try presence.fixedPoint(&self)
        reading.ratedPower = try presence.fixedPoint(&self)
        reading.warningCurrent = try presence.fixedPoint(&self)
        reading.criticalCurrent = try presence.fixedPoint(&self)
        reading.bank = try presence.number(&self)
        reading.phase = try presence.number(&self)
        reading.powerIsEstimate = presence.next()
        return reading
    }

    private mutating func sensor() throws(ByteMismatch) -> SensorReading {
        var reading = SensorReading(number: try integer())
        var presence = try presence(of: 3)
        reading.name = try presence.text(&self)
        reading.temperature = try presence.fixedPoint(&self)
        reading.humidity = try presence.fixedPoint(&self)
        return reading
    }
}

// The numbers of the form, which never change.

extension ElementKind {
    fileprivate var code: UInt64 {
        switch self {
        case .pdu: 0
        case .phase: 1
        case .bank: 2
        case .outlet: 3
        }
    }

    fileprivate init?(code: UInt64) {
        guard let kind = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = kind
    }
}

extension SwitchState {
    fileprivate var code: Int {
        switch self {
        case .off: 0
        case .on: 1
        case .unknown: 2
        }
    }

    fileprivate init?(code: Int) {
        switch code {
        case 0: self = .off
        case 1: self = .on
        case 2: self = .unknown
        default: return nil
        }
    }
}
