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
    /// Takes notes of what decided which rows there are, where anybody wants them.
    let trace: RowTrace?
    private let introduction: Introduction
    /// The units behind the address by their numbers.
    var units: [Int: UnitDraft] = [:]
    /// The number of the unit that has the address; 0 where the profile tells no units apart.
    private(set) var host = 0

    init(
        profile: DeviceProfile,
        answers: Answers,
        introduction: Introduction,
        log: ReadingLog?,
        trace: RowTrace? = nil
    ) {
        self.profile = profile
        self.answers = answers
        self.introduction = introduction
        self.log = log
        self.trace = trace
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
        let estimate = PowerEstimate(settings: profile.estimate, hints: hints) { setting($0) }
        for unit in units.keys {
            units[unit]?.conclude(profile.conclusions, log: log, unit: unit) { estimate }
        }
        units[host]?.identity.complete(from: introduction.description, marks: profile.descriptionMarks)
        let others = units.filter { $0.key != host }
        guard let own = units[host],
            let reading = DeviceReading(own, others: others, profile: profile.name, vendor: profile.vendor)
        else { return .failure(nothingMeasured(hints)) }
        return .success(reading)
    }

    /// The number of the unit that has the address: of the row that the profile calls the host's, else the first.
    private var hostUnit: Int? {
        let sources = profile.sources.filter { $0.subject == .element(.pdu) && $0.unit != nil }
        for source in sources {
            guard let condition = source.host else { continue }
            if let row = first(of: rows(of: source), satisfying: condition) { return row.unit }
        }
        return sources.lazy.compactMap { rows(of: $0).first?.unit }.first
    }
}

extension ReadingDecoder {
    private func nothingMeasured(_ hints: DeviceHints) -> DeviceError {
        let text = "none of the objects of profile \(profile.name) has a value (\(introduction.words))"
        guard hints.profile != nil else { return .badResponse(text) }
        let advice = "the configuration names that profile: leave it out to have it recognised"
        return .unsupported("\(text); \(advice)")
    }
}

extension DeviceProfile {
    /// What may be concluded from values of its devices.
    var conclusions: UnitDraft.Conclusions {
        let specs = sources.filter { $0.subject == .element(.pdu) }.flatMap { $0.values[.power] ?? [] }
        return UnitDraft.Conclusions(
            isDirectCurrent: isDirectCurrent,
            isZeroUnsetUnderLoad: specs.contains(where: \.estimate.isZeroUnsetUnderLoad)
        )
    }
}
