// From answers to a reading: rows become elements, raw numbers become watts and amperes, and what a device gives in
// several places is put together. What comes first in the profile wins; later sources fill in what is missing.

import Basics
import MIB
import Metering

/// Puts a reading together.
struct ReadingDecoder {
    let profile: DeviceProfile
    let answers: Answers
    /// Takes notes, where anybody wants them.
    let log: ReadingLog?
    private let introduction: Introduction
    /// The units behind the address by their numbers.
    var units: [Int: UnitDraft] = [:]
    /// The number of the unit that has the address; 0 where the profile tells no units apart.
    private(set) var host = 0

    init(profile: DeviceProfile, answers: Answers, introduction: Introduction, log: ReadingLog?) {
        self.profile = profile
        self.answers = answers
        self.introduction = introduction
        self.log = log
        host = hostUnit ?? 0
        units[host] = UnitDraft()
    }

    /// Whether one of the values of `source` is missing from every element that it is about.
    func lacks(_ source: RowSource) -> Bool {
        switch source.subject {
        case .sensor: units.values.allSatisfy(\.sensors.isEmpty)
        case .element(let kind):
            source.values.keys.contains { quantity in units.values.allSatisfy { !$0.has(quantity, kind) } }
        }
    }

    /// Takes what `sources` say.
    mutating func decode(_ sources: [RowSource]) {
        for source in sources {
            let rows = rows(of: source)
            if let combination = source.combination {
                combine(rows, of: source, by: combination)
            } else {
                for rows in grouped(rows) { decode(rows, of: source) }
            }
        }
    }

    /// The reading, with what can be concluded from it; an error when nothing was measured.
    mutating func reading(hints: DeviceHints) -> Result<DeviceReading, DeviceError> {
        for unit in units.keys {
            dropPowerOfZeroUnderLoad(unit)
            fillWholeUnitFromItsOnlyPhase(unit)
            if profile.isDirectCurrent { multiplyDirectCurrent(unit) }
        }
        identifyByDescription()
        estimatePower(hints)
        guard let draft = units[host], draft.hasMeasurement else {
            return .failure(nothingMeasured(hints))
        }
        var reading = draft.reading(by: profile)
        reading.linkedUnits = units.keys.sorted().compactMap { number in
            guard number != host, let unit = units[number], unit.hasMeasurement else { return nil }
            return LinkedUnit(number: number, reading: unit.reading(by: profile))
        }
        return .success(reading)
    }

    /// The number of the unit that has the address: of the row that the profile calls the host's, else the first.
    private var hostUnit: Int? {
        let sources = profile.sources.filter { $0.subject == .element(.pdu) && $0.unit != nil }
        for source in sources {
            guard let condition = source.host else { continue }
            if let row = rows(of: source).first(where: { isSatisfied(condition, at: $0.index) }) {
                return row.unit
            }
        }
        return sources.lazy.compactMap { rows(of: $0).first?.unit }.first
    }
}

// MARK: - Conclusions

extension ReadingDecoder {
    /// Drops a power of 0 W that is none: the profile says so, and a phase carries current.
    private mutating func dropPowerOfZeroUnderLoad(_ unit: Int) {
        let specs = profile.sources.filter { $0.subject == .element(.pdu) }.flatMap {
            $0.values[.power] ?? []
        }
        guard specs.contains(where: \.estimate.isZeroUnsetUnderLoad), var draft = units[unit],
            var whole = draft.elements[.wholePDU], whole.activePower == zero
        else { return }
        guard draft.phases.contains(where: { ($0.current ?? zero) > zero }) else { return }
        whole.activePower = nil
        whole.powerIsEstimate = false
        if whole.apparentPower == zero { whole.apparentPower = nil }
        draft.elements[.wholePDU] = whole
        units[unit] = draft
    }

    /// A unit with one phase has that phase's current and voltage; with three, neither is a single number.
    private mutating func fillWholeUnitFromItsOnlyPhase(_ unit: Int) {
        guard let phases = units[unit]?.phases, phases.count == 1, let phase = phases.first,
            var whole = units[unit]?.elements[.wholePDU]
        else { return }
        if whole.current == nil, phase.current != nil {
            whole.current = phase.current
            log?.derive(.current, of: .wholePDU, from: phase.element, .current, unit: unit)
        }
        if whole.voltage == nil, phase.voltage != nil {
            whole.voltage = phase.voltage
            log?.derive(.voltage, of: .wholePDU, from: phase.element, .voltage, unit: unit)
        }
        units[unit]?.elements[.wholePDU] = whole
    }

    /// With direct current, volts × amperes are watts; outlets have the volts of the unit, unless that has several
    /// feeds.
    private mutating func multiplyDirectCurrent(_ unit: Int) {
        guard let draft = units[unit] else { return }
        let hasFeeds = draft.elements.keys.contains { $0.kind == .bank }
        let common = hasFeeds ? nil : draft.elements[.wholePDU]?.voltage
        for (element, reading) in draft.elements where reading.activePower == nil {
            guard let volts = reading.voltage ?? common, let amperes = reading.current else { continue }
            let (product, overflows) = volts.thousandths.multipliedReportingOverflow(by: amperes.thousandths)
            guard !overflows else { continue }
            units[unit]?.elements[element]?.activePower = FixedPoint(thousandths: (product + 500) / 1000)
            log?.derive(.power, of: element, from: element, .current, unit: unit)
            let source = reading.voltage == nil ? .wholePDU : element
            log?.derive(.power, of: element, from: source, .voltage, unit: unit)
        }
    }

    private mutating func estimatePower(_ hints: DeviceHints) {
        let estimate = PowerEstimate(settings: profile.estimate, decoder: self, hints: hints)
        for unit in units.keys {
            guard var draft = units[unit] else { continue }
            for element in estimate.apply(to: &draft) {
                for phase in draft.phases.map(\.element) where element == phase || element == .wholePDU {
                    log?.derive(.power, of: element, from: phase, .current, unit: unit)
                }
            }
            units[unit] = draft
        }
    }

    private func nothingMeasured(_ hints: DeviceHints) -> DeviceError {
        let text = "none of the objects of profile \(profile.name) has a value (\(introduction.words))"
        guard hints.profile != nil else { return .badResponse(text) }
        let advice = "the configuration names that profile: leave it out to have it recognised"
        return .unsupported("\(text); \(advice)")
    }

    /// What sysDescr says of the unit with the address, where no table does.
    private mutating func identifyByDescription() {
        guard var identity = units[host]?.identity else { return }
        identity.model = identity.model ?? fromDescription(.model)
        identity.serial = identity.serial ?? fromDescription(.serial)
        identity.firmware = identity.firmware ?? fromDescription(.firmware)
        units[host]?.identity = identity
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
            let word = rest.drop { $0 == " " }.prefix { !" ,;()".contains($0) }
            return word.isEmpty || word.contains(":") || word.hasPrefix("<") ? nil : String(word)
        }
        return nil
    }
}

private let zero = FixedPoint(0)
