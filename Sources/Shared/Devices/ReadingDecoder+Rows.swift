// Rows of tables, and what their values mean.

import Basics
import MIB
import Metering

/// One row of a source.
struct Row {
    let index: [UInt32]
    /// Its number among its kind; 0 for the whole PDU.
    let number: Int
    /// The unit that it belongs to; absent where the source does not say.
    let unit: Int?
}

extension ReadingDecoder {
    /// The rows of `source` that satisfy its conditions and have a number, in the order of the agent's.
    func rows(of source: RowSource) -> [Row] {
        guard !source.isSingle else { return [Row(index: [], number: 0, unit: nil)] }
        return indexes(of: source).compactMap { index in
            guard source.conditions.allSatisfy({ $0.isSatisfied(by: answers, at: index) }) else { return nil }
            let unit = source.unit.flatMap { position($0, at: index) }
            guard let place = source.number else { return Row(index: index, number: 0, unit: unit) }
            guard let number = position(place, at: index), number >= 1 else { return nil }
            return Row(index: index, number: number, unit: unit)
        }
    }

    /// Every index that a column of the source has; of the numbering column alone, where there is one.
    private func indexes(of source: RowSource) -> [[UInt32]] {
        if let key = source.numberColumn { return answers.columns[key]?.indexes ?? [] }
        let all = source.columns.flatMap { answers.columns[$0.column]?.indexes ?? [] }
        return Set(all).sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func position(_ position: RowSource.Position, at index: [UInt32]) -> Int? {
        switch position {
        case .index(let place): index.indices.contains(place) ? Int(index[place]) : nil
        case .column(let column): answers.columns[column]?[index]?.wholeNumber.flatMap { Int(exactly: $0) }
        }
    }

    /// The raw value of an object in a row; nil when it is not there or says so.
    private func raw(_ spec: ObjectSpec, of source: RowSource, at row: Row) -> SNMPValue? {
        let value = source.isSingle ? answers.objects[spec.object] : answers.columns[spec.object]?[row.index]
        guard let value, !spec.unset.contains(value) else { return nil }
        return value
    }

    mutating func decode(_ row: Row, of source: RowSource, kind: ElementKind) {
        let element = kind == .pdu ? .wholePDU : Element(kind, row.number)
        var reading = elements[element] ?? ElementReading(element)
        for (quantity, spec) in source.values {
            guard let value = raw(spec, of: source, at: row) else { continue }
            if kind == .pdu { takeIdentity(quantity, value) }
            take(quantity, value, spec, into: &reading)
        }
        elements[element] = reading
    }

    mutating func decodeSensor(_ row: Row, of source: RowSource) {
        var reading = sensors[row.number] ?? SensorReading(number: row.number)
        for (quantity, spec) in source.values {
            guard let value = raw(spec, of: source, at: row) else { continue }
            switch quantity {
            case .name: reading.name = reading.name ?? value.text
            case .temperature: reading.temperature = reading.temperature ?? value.scaled(spec)
            case .humidity: reading.humidity = reading.humidity ?? value.scaled(spec, in: 0...100_000)
            default: break
            }
        }
        sensors[row.number] = reading
    }

    private mutating func takeIdentity(_ quantity: Quantity, _ value: SNMPValue) {
        switch quantity {
        case .name: identity.name = identity.name ?? value.text
        case .model: identity.model = identity.model ?? value.text
        case .serial: identity.serial = identity.serial ?? value.text
        case .firmware: identity.firmware = identity.firmware ?? value.text
        default: break
        }
    }

    private func take(
        _ quantity: Quantity,
        _ value: SNMPValue,
        _ spec: ObjectSpec,
        into reading: inout ElementReading
    ) {
        switch quantity {
        case .name: reading.name = reading.name ?? value.text
        case .power: takePower(value, spec, into: &reading)
        case .apparentPower: reading.apparentPower = reading.apparentPower ?? value.scaledMagnitude(spec)
        case .current: reading.current = reading.current ?? value.scaledMagnitude(spec)
        case .voltage: reading.voltage = reading.voltage ?? value.scaledMagnitude(spec)
        case .powerFactor: reading.powerFactor = reading.powerFactor ?? value.scaled(spec, in: -1000...1000)
        case .energy: takeEnergy(value, spec, into: &reading)
        case .energySince: reading.energySince = reading.energySince ?? value.text
        case .state: reading.state = reading.state ?? value.switchState(spec)
        case .ratedCurrent: reading.ratedCurrent = reading.ratedCurrent ?? value.scaledRating(spec)
        case .temperature, .humidity, .model, .serial, .firmware: break
        }
    }

    private func takePower(_ value: SNMPValue, _ spec: ObjectSpec, into reading: inout ElementReading) {
        guard reading.activePower == nil, let power = value.scaled(spec) else { return }
        reading.activePower = power
        let setting = spec.estimatedWith.flatMap { answers.objects[$0] }
        reading.powerIsEstimate = setting.map { !spec.unset.contains($0) } ?? false
    }

    private func takeEnergy(_ value: SNMPValue, _ spec: ObjectSpec, into reading: inout ElementReading) {
        guard reading.energy == nil, let energy = value.scaledMagnitude(spec) else { return }
        reading.energy = energy
        reading.energyResolution = spec.resolution
        reading.energyMaximum = spec.maximum
    }

    func has(_ quantity: Quantity, _ reading: ElementReading) -> Bool {
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
        case .model: identity.model != nil
        case .serial: identity.serial != nil
        case .firmware: identity.firmware != nil
        case .temperature, .humidity: true
        }
    }
}

extension RowCondition {
    /// Whether the row at `index` satisfies it.
    func isSatisfied(by answers: Answers, at index: [UInt32]) -> Bool {
        let value = answers.columns[column]?[index]?.wholeNumber
        return (value.map(values.contains) ?? includesAbsent) != isNegated
    }
}

extension ElementReading {
    /// Whether anything was measured, a name not being a measurement.
    var hasMeasurement: Bool {
        activePower != nil || apparentPower != nil || current != nil || voltage != nil || powerFactor != nil
            || energy != nil || state != nil
    }
}
