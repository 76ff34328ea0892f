// What the values of a row mean, and the elements they belong to.

import Basics
import MIB
import Metering

extension ReadingDecoder {
    /// `rows` by the element that they are about, in the order of the first of each.
    func grouped(_ rows: [Row]) -> [[Row]] {
        var places: [[Int]: Int] = [:]
        var groups: [[Row]] = []
        for row in rows {
            let key = [row.unit ?? host, row.number]
            if let place = places[key] {
                groups[place].append(row)
            } else {
                places[key] = groups.count
                groups.append([row])
            }
        }
        return groups
    }

    /// Takes the values of the rows of one element: of each quantity the first specification that has one.
    mutating func decode(_ rows: [Row], of source: RowSource) {
        guard let first = rows.first else { return }
        let unit = first.unit ?? host
        var draft = units[unit] ?? UnitDraft()
        if case .element(let kind) = source.subject, kind != .pdu {
            takeParents(first, kind, into: &draft)
            if source.values.keys.contains(where: \.isMeasured) {
                draft.meter(Element(kind, first.number))
            }
        }
        for (quantity, specs) in source.values {
            takeFirst(of: quantity, specs, among: rows) { decoder, value in
                decoder.take(value, of: source.subject, unit: unit, into: &draft)
            }
        }
        units[unit] = draft
    }

    /// Hands the values of `quantity` to `take`, in the order of `specs`, until it has taken one.
    ///
    /// Where notes are taken, whatever may make another one the first at the next poll is noted.
    private func takeFirst(
        of quantity: Quantity,
        _ specs: [ValueSpec],
        among rows: [Row],
        _ take: (ReadingDecoder, RowValue) -> Bool
    ) {
        if log != nil { noteAlternatives(of: quantity, specs, among: rows) }
        for spec in specs {
            for row in rows {
                guard let value = value(spec, of: quantity, at: row) else { continue }
                if take(self, value) { return }
            }
        }
    }

    /// Notes every value that `specs` name of `rows`.
    private func noteAlternatives(of quantity: Quantity, _ specs: [ValueSpec], among rows: [Row]) {
        for spec in specs {
            for row in rows where spec.isOf(row) {
                let values = RowValues(decoder: self, spec: spec, index: row.index, use: quantity.use)
                for part in spec.parts { _ = values.value(part) }
            }
        }
    }

    /// The numbers of what feeds the row's element, where its index says.
    private func takeParents(_ row: Row, _ kind: ElementKind, into draft: inout UnitDraft) {
        guard row.bank != nil || row.phase != nil else { return }
        let element = Element(kind, row.number)
        var reading = draft.elements[element] ?? ElementReading(element)
        reading.bank = reading.bank ?? row.bank
        reading.phase = reading.phase ?? row.phase
        draft.elements[element] = reading
    }

    /// A value of a row that is there.
    struct RowValue {
        let quantity: Quantity
        let spec: ValueSpec
        let raw: SNMPValue
        let row: Row
    }

    /// The values of a specification in a row, noted as used.
    struct RowValues: SpecValues {
        let decoder: ReadingDecoder
        let spec: ValueSpec
        let index: [UInt32]
        /// How often the value itself must be read.
        let use: ReadingLog.Use

        func value(_ part: SpecPart) -> SNMPValue? {
            spec.place(of: part).flatMap { decoder.look($0, index, as: spec.use(of: part, use))?.value }
        }
    }

    /// The value in a row; nil when it is not there, says so, or is of another kind of row.
    private func value(_ spec: ValueSpec, of quantity: Quantity, at row: Row) -> RowValue? {
        guard spec.isOf(row),
            let raw = spec.raw(RowValues(decoder: self, spec: spec, index: row.index, use: quantity.use))
        else { return nil }
        return RowValue(quantity: quantity, spec: spec, raw: raw, row: row)
    }

    private func values(_ value: RowValue) -> RowValues {
        RowValues(decoder: self, spec: value.spec, index: value.row.index, use: value.quantity.use)
    }

    private func number(_ value: RowValue) -> FixedPoint? {
        value.spec.number(of: value.quantity, values(value))
    }

    private func text(_ value: RowValue) -> String? { value.spec.text(of: value.raw) }

    /// The number that `spec` says of single objects, as it stands.
    func setting(_ spec: ValueSpec) -> FixedPoint? {
        spec.setting(RowValues(decoder: self, spec: spec, index: [], use: .settled))
    }

    /// Whether the value was one, and is now known: from here or from a source before this.
    private func take(
        _ value: RowValue,
        of subject: RowSource.Subject,
        unit: Int,
        into draft: inout UnitDraft
    ) -> Bool {
        switch subject {
        case .element(let kind):
            let element = kind == .pdu ? .wholePDU : Element(kind, value.row.number)
            var reading = draft.elements[element] ?? ElementReading(element)
            if kind == .pdu { takeIdentity(value, into: &draft.identity) }
            let isTaken = take(value, into: &reading, unit: unit)
            draft.elements[element] = reading
            return isTaken
        case .sensor:
            var reading = draft.sensors[value.row.number] ?? SensorReading(number: value.row.number)
            let isTaken = take(value, into: &reading, unit: unit)
            draft.sensors[value.row.number] = reading
            return isTaken
        }
    }

    /// Whether a value of an element is known now, from `value` or from before.
    private func take(_ value: RowValue, into reading: inout ElementReading, unit: Int) -> Bool {
        let place = ValueOrigin.Place.element(reading.element)
        switch value.quantity {
        case .name: return fill(&reading.name, text(value), value, place, unit)
        case .energySince: return fill(&reading.energySince, text(value), value, place, unit)
        case .state:
            let state = value.spec.state(of: value.raw, number: value.row.number)
            return fill(&reading.state, state, value, place, unit)
        case .bank:
            return fill(&reading.bank, value.raw.parentNumber(value.spec), value, place, unit)
        case .phase:
            return fill(&reading.phase, value.raw.parentNumber(value.spec), value, place, unit)
        case .vendor, .model, .serial, .firmware: return text(value) != nil
        case .temperature, .humidity: return false
        default:
            return takeNumber(value.quantity, number(value), of: value, into: &reading, unit: unit)
        }
    }

    /// Whether a number of an element is known now, as `amount` or from before.
    private func takeNumber(
        _ quantity: Quantity,
        _ amount: FixedPoint?,
        of value: RowValue,
        into reading: inout ElementReading,
        unit: Int,
        objects: [ObjectIdentifier]? = nil
    ) -> Bool {
        guard let amount else { return false }
        let place = ValueOrigin.Place.element(reading.element)
        func fill(_ slot: WritableKeyPath<ElementReading, FixedPoint?>) -> Bool {
            guard reading[keyPath: slot] == nil else { return true }
            reading[keyPath: slot] = amount
            log?.note(quantity, of: place, unit: unit, objects: objects ?? self.objects(value))
            return true
        }
        switch quantity {
        case .power:
            if reading.activePower == nil { reading.powerIsEstimate = value.spec.isEstimate(values(value)) }
            return fill(\.activePower)
        case .energy:
            if reading.energy == nil {
                reading.energyResolution = value.spec.counter.resolution
                reading.energyMaximum = value.spec.counter.maximum
            }
            return fill(\.energy)
        case .apparentPower: return fill(\.apparentPower)
        case .current: return fill(\.current)
        case .voltage: return fill(\.voltage)
        case .powerFactor: return fill(\.powerFactor)
        case .ratedCurrent: return fill(\.ratedCurrent)
        case .ratedPower: return fill(\.ratedPower)
        case .warningCurrent: return fill(\.warningCurrent)
        case .criticalCurrent: return fill(\.criticalCurrent)
        default: return false
        }
    }

    private func take(_ value: RowValue, into reading: inout SensorReading, unit: Int) -> Bool {
        let place = ValueOrigin.Place.sensor(reading.number)
        switch value.quantity {
        case .name: return fill(&reading.name, text(value), value, place, unit)
        case .temperature:
            return fill(&reading.temperature, value.spec.temperature(values(value)), value, place, unit)
        case .humidity: return fill(&reading.humidity, number(value), value, place, unit)
        default: return false
        }
    }

    private func takeIdentity(_ value: RowValue, into identity: inout DeviceIdentity) {
        switch value.quantity {
        case .name: identity.name = identity.name ?? text(value)
        case .vendor: identity.vendor = identity.vendor ?? text(value)
        case .model: identity.model = identity.model ?? text(value)
        case .serial: identity.serial = identity.serial ?? text(value)
        case .firmware: identity.firmware = identity.firmware ?? text(value)
        default: break
        }
    }

    /// Puts `new` where nothing is yet, and says whether something is there now.
    private func fill<Value>(
        _ slot: inout Value?,
        _ new: Value?,
        _ value: RowValue,
        _ place: ValueOrigin.Place,
        _ unit: Int
    ) -> Bool {
        guard let new else { return false }
        if slot == nil {
            slot = new
            log?.note(value.quantity, of: place, unit: unit, objects: objects(value))
        }
        return true
    }

    private func objects(_ value: RowValue) -> [ObjectIdentifier] {
        ([value.spec.place] + value.spec.terms.dropFirst().map(\.place)).compactMap {
            answers.value(at: $0, value.row.index)?.object
        }
    }
}

// MARK: - Sums

extension ReadingDecoder {
    /// Takes the rows of each unit together: a unit with several inlets draws what all of them carry.
    ///
    /// A sum with an unknown part is unknown. What cannot be added is taken only where there is one row.
    mutating func combine(_ rows: [Row], of source: RowSource, by combination: RowSource.Combination) {
        for (unit, rows) in Dictionary(grouping: rows, by: { $0.unit ?? host }) {
            switch combination {
            case .single:
                if rows.count == 1 { decode(rows, of: source) }
            case .sum:
                for (quantity, specs) in source.values {
                    decodeSum(of: quantity, specs, rows, unit: unit, subject: source.subject)
                }
            }
        }
    }

    private func firstValue(of quantity: Quantity, _ specs: [ValueSpec], among rows: [Row]) -> RowValue? {
        var found: RowValue?
        takeFirst(of: quantity, specs, among: rows) { _, value in
            found = value
            return true
        }
        return found
    }

    private mutating func decodeSum(
        of quantity: Quantity,
        _ specs: [ValueSpec],
        _ rows: [Row],
        unit: Int,
        subject: RowSource.Subject
    ) {
        var draft = units[unit] ?? UnitDraft()
        defer { units[unit] = draft }
        // What has no value of any kind that is asked for is no part; what lacks just this one is an unknown part.
        let parts = Dictionary(grouping: rows, by: \.thing).sorted {
            $0.key.lexicographicallyPrecedes($1.key)
        }
        .map { _, rows in firstValue(of: quantity, specs, among: rows) }
        .map { value in value.map { (value: $0, amount: quantity.isAdditive ? number($0) : nil) } }
        guard quantity.isAdditive, parts.count > 1 else {
            if parts.count == 1, let part = parts[0] {
                _ = take(part.value, of: subject, unit: unit, into: &draft)
            }
            return
        }
        var sum: Int64 = 0
        var origins: [ObjectIdentifier] = []
        for part in parts {
            guard let part, let amount = part.amount else { return }
            let (next, overflows) = sum.addingReportingOverflow(amount.thousandths)
            guard !overflows else { return }
            sum = next
            origins += objects(part.value)
        }
        guard let first = parts[0]?.value else { return }
        var whole = draft.elements[.wholePDU] ?? ElementReading(.wholePDU)
        _ = takeNumber(
            quantity,
            FixedPoint(thousandths: sum),
            of: first,
            into: &whole,
            unit: unit,
            objects: origins
        )
        draft.elements[.wholePDU] = whole
    }
}
