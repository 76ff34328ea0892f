// What can be concluded from the values of one unit.

import Basics
import Metering

extension UnitDraft {
    /// What a family lets one conclude.
    struct Conclusions: Hashable {
        /// Volts × amperes are watts.
        let isDirectCurrent: Bool
        /// A power of 0 W while a phase carries current is none.
        let isZeroUnsetUnderLoad: Bool
    }

    /// Draws the conclusions, of the unit called `unit` in the notes of `log`; `estimate` is asked for where it is needed.
    mutating func conclude(
        _ family: Conclusions,
        log: ReadingLog?,
        unit: Int,
        estimate: () -> PowerEstimate
    ) {
        if family.isZeroUnsetUnderLoad { dropPowerOfZeroUnderLoad() }
        fillWholeUnitFromItsOnlyPhase(log, unit)
        if family.isDirectCurrent { multiplyDirectCurrent(log, unit) }
        guard !elements.hasPowerOfWhole, !meteredPhases.isEmpty else { return }
        for element in estimate().apply(to: &self) {
            guard let log else { continue }
            for phase in phases.map(\.element) where element == phase || element == .wholePDU {
                log.derive(.power, of: element, from: phase, .current, unit: unit)
            }
        }
    }

    /// Drops a power of 0 W that is none: the profile says so, and a phase carries current.
    private mutating func dropPowerOfZeroUnderLoad() {
        guard var whole = elements[.wholePDU], whole.activePower == zero,
            phases.contains(where: { ($0.current ?? zero) > zero })
        else { return }
        whole.activePower = nil
        whole.powerIsEstimate = false
        if whole.apparentPower == zero { whole.apparentPower = nil }
        elements[.wholePDU] = whole
    }

    /// A unit with one phase has that phase's current and voltage; with three, neither is a single number.
    private mutating func fillWholeUnitFromItsOnlyPhase(_ log: ReadingLog?, _ unit: Int) {
        guard meteredPhases.count == 1, let phase = phases.first, var whole = elements[.wholePDU] else {
            return
        }
        if whole.current == nil, phase.current != nil {
            whole.current = phase.current
            log?.derive(.current, of: .wholePDU, from: phase.element, .current, unit: unit)
        }
        if whole.voltage == nil, phase.voltage != nil {
            whole.voltage = phase.voltage
            log?.derive(.voltage, of: .wholePDU, from: phase.element, .voltage, unit: unit)
        }
        elements[.wholePDU] = whole
    }

    /// With direct current, volts × amperes are watts; outlets have the volts of the unit, unless that has several
    /// feeds.
    private mutating func multiplyDirectCurrent(_ log: ReadingLog?, _ unit: Int) {
        let hasFeeds = elements.readings.contains { $0.element.kind == .bank }
        let common = hasFeeds ? nil : elements[.wholePDU]?.voltage
        for (place, reading) in elements.readings.enumerated() where reading.activePower == nil {
            guard let volts = reading.voltage ?? common, let amperes = reading.current else { continue }
            let (product, overflows) = volts.thousandths.multipliedReportingOverflow(by: amperes.thousandths)
            guard !overflows else { continue }
            elements.change(at: place) { $0.activePower = FixedPoint(thousandths: (product + 500) / 1000) }
            log?.derive(.power, of: reading.element, from: reading.element, .current, unit: unit)
            let source = reading.voltage == nil ? .wholePDU : reading.element
            log?.derive(.power, of: reading.element, from: source, .voltage, unit: unit)
        }
    }
}

extension DeviceIdentity {
    /// Adds what `description`, sysDescr, says where nothing else did; `marks` are what stands before the values there.
    mutating func complete(from description: String?, marks: [Quantity: String]) {
        guard let description, !marks.isEmpty else { return }
        func described(_ quantity: Quantity) -> String? {
            marks[quantity].flatMap { word(behind: $0, in: description) }
        }
        model = model ?? described(.model)
        serial = serial ?? described(.serial)
        firmware = firmware ?? described(.firmware)
    }

    /// The word behind `mark` in `text`: `AP8932` behind `MN:`, with or without a blank between.
    private func word(behind mark: String, in text: String) -> String? {
        let bytes = Array(text.utf8)
        let sought = Array(mark.utf8)
        guard !sought.isEmpty, bytes.count >= sought.count else { return nil }
        for start in 0...(bytes.count - sought.count)
        where bytes[start] == sought[0] && bytes[start..<(start + sought.count)].elementsEqual(sought) {
            guard start == 0 || " (".utf8.contains(bytes[start - 1]) else { continue }
            let rest = bytes[(start + sought.count)...].drop { $0 == UInt8(ascii: " ") }
            let word = rest.prefix { !" ,;()".utf8.contains($0) }
            guard !word.isEmpty, !word.contains(UInt8(ascii: ":")), word.first != UInt8(ascii: "<") else {
                return nil
            }
            return String(decoding: word, as: UTF8.self)
        }
        return nil
    }
}

private let zero = FixedPoint(0)
