// From answers to a reading, by a recipe: straight down a list.

import Basics
import MIB
import Metering

extension ReadingRecipe {
    /// The values that a reading is made of: first those that move, then what is known.
    struct Inputs {
        let moving: [SNMPValue]
        let settled: [SNMPValue]

        subscript(number: Int) -> SNMPValue? {
            if number < 0 { return nil }
            return number < moving.count ? moving[number] : settled[number - moving.count]
        }
    }

    /// The values of one use.
    private struct UseValues: SpecValues {
        let spec: ValueSpec
        let use: Use
        let inputs: Inputs

        func value(_ part: SpecPart) -> SNMPValue? {
            inputs[Int(use.inputs[spec.inputOffset(of: part)])]
        }
    }

    /// What one way led to.
    private struct Found {
        /// Whether anything was there, be it a value or not.
        var isPresent = false
        var number: FixedPoint?
        /// The specification behind a number, and what it was made of.
        var origin: Use?
    }

    /// The reading that `inputs` make; nil when something is not as the recipe takes it to be, or nothing was measured.
    ///
    /// `description` is sysDescr.
    func reading(_ inputs: Inputs, description: () -> String?, hints: DeviceHints) -> DeviceReading? {
        guard assumptions.allSatisfy({ holds($0, inputs) }) else { return nil }
        var known = KnownQuantities()
        var hostDraft: UnitDraft?
        var others: [Int: UnitDraft] = [:]
        for layout in units {
            let draft = draft(of: layout, inputs, &known)
            if layout.number == host { hostDraft = draft } else { others[layout.number] = draft }
        }
        guard var hostDraft, fallbacks.allSatisfy({ known.lacks($0) == $0.isRead }) else { return nil }
        hostDraft.conclude(family.conclusions, log: nil, unit: host) { estimate(inputs, hints) }
        for number in others.keys {
            others[number]?.conclude(family.conclusions, log: nil, unit: number) { estimate(inputs, hints) }
        }
        let identity = hostDraft.identity
        if !family.descriptionMarks.isEmpty,
            identity.model == nil || identity.serial == nil || identity.firmware == nil
        {
            hostDraft.identity.complete(from: description(), marks: family.descriptionMarks)
        }
        return DeviceReading(hostDraft, others: others, profile: family.name, vendor: family.vendor)
    }

    private func holds(_ assumption: Assumption, _ inputs: Inputs) -> Bool {
        switch assumption {
        case .condition(let condition, let input, let isSatisfied):
            condition.isSatisfied(by: inputs[input]) == isSatisfied
        case .value(let value, let input): inputs[input] == value
        }
    }

    private func estimate(_ inputs: Inputs, _ hints: DeviceHints) -> PowerEstimate {
        func setting(_ use: Use?) -> FixedPoint? {
            use.flatMap { specs[$0.spec].setting(UseValues(spec: specs[$0.spec], use: $0, inputs: inputs)) }
        }
        return PowerEstimate(
            nominalVoltage: setting(nominalVoltage),
            isLineToLine: family.isLineToLine,
            powerFactor: setting(powerFactor),
            hints: hints
        )
    }

    private func draft(of layout: UnitLayout, _ inputs: Inputs, _ known: inout KnownQuantities) -> UnitDraft {
        var draft = UnitDraft()
        draft.meteredPhases = layout.meteredPhases
        var readings: [ElementReading] = []
        readings.reserveCapacity(layout.elements.count)
        for element in layout.elements {
            var reading = ElementReading(element.element)
            var isPresent = element.element == .wholePDU
            for slot in element.slots {
                take(slot, inputs, into: &reading, &draft.identity, &isPresent, &known)
            }
            if isPresent { readings.append(reading) }
        }
        draft.elements = ElementTable(ordered: readings)
        for sensor in layout.sensors {
            var reading = SensorReading(number: sensor.number)
            var isPresent = false
            for slot in sensor.slots { take(slot, inputs, into: &reading, &isPresent, &known) }
            if isPresent { draft.sensors[sensor.number] = reading }
        }
        return draft
    }
}

/// Which quantities are known of elements of a kind, fallbacks apart.
private struct KnownQuantities {
    private var ofPDU: UInt32 = 0
    private var ofPhases: UInt32 = 0
    private var ofBanks: UInt32 = 0
    private var ofOutlets: UInt32 = 0
    var hasSensor = false

    subscript(kind: ElementKind) -> UInt32 {
        get {
            switch kind {
            case .pdu: ofPDU
            case .phase: ofPhases
            case .bank: ofBanks
            case .outlet: ofOutlets
            }
        }
        set {
            switch kind {
            case .pdu: ofPDU = newValue
            case .phase: ofPhases = newValue
            case .bank: ofBanks = newValue
            case .outlet: ofOutlets = newValue
            }
        }
    }

    /// Whether a value of `fallback` is missing everywhere.
    func lacks(_ fallback: ReadingRecipe.Fallback) -> Bool {
        switch fallback.subject {
        case .sensor: !hasSensor
        case .element(let kind): fallback.mask & ~self[kind] != 0
        }
    }
}

// MARK: - Values

extension ReadingRecipe {
    private func take(
        _ slot: Slot,
        _ inputs: Inputs,
        into reading: inout ElementReading,
        _ identity: inout DeviceIdentity,
        _ isPresent: inout Bool,
        _ known: inout KnownQuantities
    ) {
        for (place, choice) in slot.choices.enumerated() {
            let isTaken: Bool
            if slot.quantity.isScaled {
                let found = number(choice, slot.quantity, inputs)
                isPresent = isPresent || found.isPresent
                isTaken = reading.take(found.number, slot.quantity)
                if isTaken, let use = found.origin { note(use, slot.quantity, inputs, &reading) }
            } else {
                isTaken = take(choice, slot.quantity, inputs, into: &reading, &identity, &isPresent)
            }
            guard isTaken else { continue }
            if place < slot.primaryCount { known[reading.element.kind] |= slot.mask }
            return
        }
    }

    /// Notes what is known of a number besides itself.
    private func note(_ use: Use, _ quantity: Quantity, _ inputs: Inputs, _ reading: inout ElementReading) {
        if quantity == .power {
            if specs[use.spec].estimate.object == nil {
                reading.powerIsEstimate = specs[use.spec].estimate.isCertain
            } else {
                let values = UseValues(spec: specs[use.spec], use: use, inputs: inputs)
                reading.powerIsEstimate = specs[use.spec].isEstimate(values)
            }
        } else if quantity == .energy {
            reading.energyResolution = specs[use.spec].counter.resolution
            reading.energyMaximum = specs[use.spec].counter.maximum
        }
    }

    /// Takes a text, a state or a parent's number, and says whether there was one.
    private func take(
        _ choice: Choice,
        _ quantity: Quantity,
        _ inputs: Inputs,
        into reading: inout ElementReading,
        _ identity: inout DeviceIdentity,
        _ isPresent: inout Bool
    ) -> Bool {
        if case .number(let number) = choice {
            isPresent = true
            if quantity == .bank { reading.bank = number } else { reading.phase = number }
            return true
        }
        guard let (use, raw) = first(of: choice, inputs) else { return false }
        isPresent = true
        let spec = specs[use.spec]
        switch quantity {
        case .state:
            reading.state = spec.state(of: raw, number: use.number)
            return reading.state != nil
        case .bank:
            reading.bank = raw.parentNumber(spec)
            return reading.bank != nil
        case .phase:
            reading.phase = raw.parentNumber(spec)
            return reading.phase != nil
        default:
            guard let text = spec.text(of: raw) else { return false }
            switch quantity {
            case .name:
                reading.name = text
                if reading.element == .wholePDU { identity.name = text }
            case .energySince: reading.energySince = text
            case .vendor: identity.vendor = text
            case .model: identity.model = text
            case .serial: identity.serial = text
            default: identity.firmware = text
            }
            return true
        }
    }

    private func take(
        _ slot: Slot,
        _ inputs: Inputs,
        into reading: inout SensorReading,
        _ isPresent: inout Bool,
        _ known: inout KnownQuantities
    ) {
        for (place, choice) in slot.choices.enumerated() {
            let isTaken: Bool
            if slot.quantity == .name {
                let found = first(of: choice, inputs)
                reading.name = found.flatMap { specs[$0.use.spec].text(of: $0.raw) }
                isPresent = isPresent || found != nil
                if found != nil, place < slot.primaryCount { known.hasSensor = true }
                isTaken = reading.name != nil
            } else {
                let found = number(choice, slot.quantity, inputs)
                isPresent = isPresent || found.isPresent
                if found.isPresent, place < slot.primaryCount { known.hasSensor = true }
                if slot.quantity == .temperature {
                    reading.temperature = found.number
                } else {
                    reading.humidity = found.number
                }
                isTaken = found.number != nil
            }
            if isTaken { return }
        }
    }

    /// The first use of `choice` that is there, and its raw value.
    private func first(of choice: Choice, _ inputs: Inputs) -> (use: Use, raw: SNMPValue)? {
        switch choice {
        case .value(let use): return raw(use, inputs).map { (use, $0) }
        case .first(let uses):
            for use in uses {
                if let raw = raw(use, inputs) { return (use, raw) }
            }
            return nil
        case .number, .sum: return nil
        }
    }

    private func raw(_ use: Use, _ inputs: Inputs) -> SNMPValue? {
        if specs[use.spec].conditions.isEmpty {
            guard let raw = inputs[Int(use.inputs[0])] else { return nil }
            return specs[use.spec].unset.isUnset(raw) ? nil : raw
        }
        return specs[use.spec].raw(UseValues(spec: specs[use.spec], use: use, inputs: inputs))
    }

    /// The number that `choice` leads to.
    private func number(_ choice: Choice, _ quantity: Quantity, _ inputs: Inputs) -> Found {
        if case .value(let use) = choice, let plain = plainNumbers[use.spec],
            let raw = inputs[Int(use.inputs[0])]?.plainNumber
        {
            guard plain.isThere(raw) else { return Found() }
            return Found(isPresent: true, number: plain.number(raw, of: quantity), origin: use)
        }
        guard case .sum(let parts) = choice else {
            guard let (use, _) = first(of: choice, inputs) else { return Found() }
            return Found(isPresent: true, number: number(use, quantity, inputs), origin: use)
        }
        var found = Found()
        var sum: Int64 = 0
        for uses in parts {
            guard let (use, _) = first(of: .first(uses), inputs), let amount = number(use, quantity, inputs)
            else {
                return Found()
            }
            let (next, overflows) = sum.addingReportingOverflow(amount.thousandths)
            guard !overflows else { return Found() }
            sum = next
            found.origin = found.origin ?? use
        }
        found.isPresent = true
        found.number = FixedPoint(thousandths: sum)
        return found
    }

    private func number(_ use: Use, _ quantity: Quantity, _ inputs: Inputs) -> FixedPoint? {
        let spec = specs[use.spec]
        let values = UseValues(spec: spec, use: use, inputs: inputs)
        return quantity == .temperature ? spec.temperature(values) : spec.number(of: quantity, values)
    }
}

extension ElementReading {
    /// Takes `number`, and says whether there was one.
    fileprivate mutating func take(_ number: FixedPoint?, _ quantity: Quantity) -> Bool {
        guard let number else { return false }
        switch quantity {
        case .power: activePower = number
        case .apparentPower: apparentPower = number
        case .current: current = number
        case .voltage: voltage = number
        case .powerFactor: powerFactor = number
        case .energy: energy = number
        case .ratedCurrent: ratedCurrent = number
        case .ratedPower: ratedPower = number
        case .warningCurrent: warningCurrent = number
        case .criticalCurrent: criticalCurrent = number
        default: return false
        }
        return true
    }
}
