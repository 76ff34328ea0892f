// From answers to a reading: rows become elements, raw numbers become watts and amperes, and what a device gives in
// several places is put together. What comes first in the profile wins; later sources fill in what is missing.

import Basics
import MIB
import Metering

/// Puts a reading together.
struct ReadingDecoder {
    /// The units behind the address that are not the one with the address.
    private(set) var guests: [Int] = []

    let profile: DeviceProfile
    let answers: Answers
    private let introduction: Introduction
    var identity = DeviceIdentity()
    var elements: [Element: ElementReading] = [.wholePDU: ElementReading(.wholePDU)]
    var sensors: [Int: SensorReading] = [:]
    private var host: Int?

    init(profile: DeviceProfile, answers: Answers, introduction: Introduction) {
        self.profile = profile
        self.answers = answers
        self.introduction = introduction
        host = hostUnit
    }

    /// Whether one of the values of `source` is missing from every element that it is about.
    func lacks(_ source: RowSource) -> Bool {
        switch source.subject {
        case .sensor: sensors.isEmpty
        case .element(let kind):
            source.values.keys.contains { quantity in
                !elements.values.contains { $0.element.kind == kind && has(quantity, $0) }
            }
        }
    }

    /// Takes what `sources` say.
    mutating func decode(_ sources: [RowSource]) {
        for source in sources {
            for row in rows(of: source) where isOfHost(row) {
                switch source.subject {
                case .element(let kind): decode(row, of: source, kind: kind)
                case .sensor: decodeSensor(row, of: source)
                }
            }
        }
    }

    /// The reading, with what can be concluded from it; an error when nothing was measured.
    func reading(hints: DeviceHints) -> Result<DeviceReading, DeviceError> {
        var elements = elements
        dropPowerOfZeroUnderLoad(&elements)
        fillWholeUnitFromItsOnlyPhase(&elements)
        PowerEstimate(settings: profile.estimate, objects: answers.objects, hints: hints).apply(to: &elements)
        guard elements.values.contains(where: \.hasMeasurement) else {
            return .failure(nothingMeasured(hints))
        }
        let order = ElementKind.allCases
        let sorted = elements.values.sorted { left, right in
            let kinds = (
                order.firstIndex(of: left.element.kind) ?? 0, order.firstIndex(of: right.element.kind) ?? 0
            )
            return kinds.0 == kinds.1 ? left.element.number < right.element.number : kinds.0 < kinds.1
        }
        return .success(
            DeviceReading(
                profile: profile.name,
                identity: completeIdentity,
                elements: sorted,
                sensors: sensors.values.sorted { $0.number < $1.number }
            )
        )
    }
}

// MARK: - Units

extension ReadingDecoder {
    /// The number of the unit that has the address: of the row that the profile calls the host's, else the first.
    private var hostUnit: Int? {
        let sources = profile.sources.filter { $0.subject == .element(.pdu) && $0.unit != nil }
        for source in sources {
            guard let condition = source.host else { continue }
            let rows = rows(of: source)
            if let row = rows.first(where: { condition.isSatisfied(by: answers, at: $0.index) }) {
                return row.unit
            }
        }
        return sources.lazy.compactMap { rows(of: $0).first?.unit }.first
    }

    /// Whether the row is one of the unit with the address; others are noted as guests.
    private mutating func isOfHost(_ row: Row) -> Bool {
        guard let unit = row.unit, let host, unit != host else { return true }
        if !guests.contains(unit) { guests = (guests + [unit]).sorted() }
        return false
    }

    /// Drops a power of 0 W that is none: the profile says so, and a phase carries current.
    private func dropPowerOfZeroUnderLoad(_ elements: inout [Element: ElementReading]) {
        let specs = profile.sources.filter { $0.subject == .element(.pdu) }.compactMap { $0.values[.power] }
        let isLoaded = elements.values.contains { $0.element.kind == .phase && ($0.current ?? zero) > zero }
        guard isLoaded, specs.contains(where: \.isZeroUnsetUnderLoad), var whole = elements[.wholePDU],
            whole.activePower == zero
        else { return }
        whole.activePower = nil
        whole.powerIsEstimate = false
        if whole.apparentPower == zero { whole.apparentPower = nil }
        elements[.wholePDU] = whole
    }

    /// A unit with one phase has that phase's current and voltage; with three, neither is a single number.
    private func fillWholeUnitFromItsOnlyPhase(_ elements: inout [Element: ElementReading]) {
        let phases = elements.values.filter { $0.element.kind == .phase }
        guard phases.count == 1, let phase = phases.first, var whole = elements[.wholePDU] else { return }
        whole.current = whole.current ?? phase.current
        whole.voltage = whole.voltage ?? phase.voltage
        elements[.wholePDU] = whole
    }

    private func nothingMeasured(_ hints: DeviceHints) -> DeviceError {
        let text = "none of the objects of profile \(profile.name) has a value (\(introduction.words))"
        guard hints.profile != nil else { return .badResponse(text) }
        let advice = "the configuration names that profile: leave it out to have it recognised"
        return .unsupported("\(text); \(advice)")
    }

    private var completeIdentity: DeviceIdentity {
        var identity = identity
        identity.vendor = profile.vendor
        identity.model = identity.model ?? fromDescription(.model)
        identity.serial = identity.serial ?? fromDescription(.serial)
        identity.firmware = identity.firmware ?? fromDescription(.firmware)
        return identity
    }

    /// The word behind the quantity's mark in sysDescr: `AP8932` behind `MN:`, with or without a blank between.
    private func fromDescription(_ quantity: Quantity) -> String? {
        guard let mark = profile.descriptionMarks[quantity], let text = introduction.description else {
            return nil
        }
        var rest = text[...]
        while let start = rest.firstRange(of: mark) {
            let isWord =
                start.lowerBound == text.startIndex
                || " (".contains(text[text.index(before: start.lowerBound)])
            rest = rest[start.upperBound...]
            guard isWord else { continue }
            let word = rest.drop { $0 == " " }.prefix { $0 != " " && $0 != ")" }
            return word.isEmpty || word.contains(":") || word.hasPrefix("<") ? nil : String(word)
        }
        return nil
    }
}

private let zero = FixedPoint(0)
