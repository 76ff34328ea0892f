internal import Basics
internal import Energy
internal import Metering
internal import Storage

/// The elements of one kind with what each used in a range of time.
struct Consumers {
    /// One element.
    struct Row {
        let element: ElementRecord
        let status: ElementStatus
        /// Whether its reading still tells the present.
        let isPresent: Bool
        /// What is known of it in the range; absent when nothing is.
        let rollup: Rollup?
        let coverage: Coverage

        /// Millionths of a kWh; absent when none is known.
        var energy: Int64? { rollup.flatMap { EnergyParts([$0.energy]).total } }
        /// Whether it ever measured anything: an outlet may only be switched.
        var isMetered: Bool { status.measuredAt != nil }
    }

    /// What of one PDU's energy none of its parts accounts for, in millionths of a kWh.
    struct Residual {
        let pdu: Int64
        /// The whole unit's; absent when none is known.
        let unit: Int64?
        /// That of its parts; absent when none is known.
        let parts: Int64?
        /// The difference; absent unless every part was measured for as long as the unit.
        let residual: Int64?
    }

    /// By PDU, and of each in the order of numbers.
    let rows: [Row]
    /// By PDU; none where rows are whole units, and none of PDUs of which just some parts were asked for.
    let residuals: [Residual]
    /// The energy of all rows in millionths of a kWh.
    private let total: Int64

    /// Asks the history for the elements of `kind` that `selection` names, and what they used in `range`: those of PDUs that
    /// are configured, and of others that have data in it.
    init(of kind: ElementKind, _ selection: Selection, in range: TimeRange, _ context: Context) throws {
        let scope = try ConsumerScope(of: kind, selection, in: context)
        var found: [(pdu: LatestPDU, elements: [ElementStatus])] = []
        for status in try context.history.status() where scope.isOf(status.pdu.id) {
            let pdu = try LatestPDU(status, in: context)
            found.append((pdu, pdu.elements.filter { scope.contains($0, of: status.pdu.id) }))
        }
        var ids = found.flatMap { $0.elements.map(\.id) }
        if kind != .pdu { ids += found.map(\.pdu.status.pdu.id) }
        let rollups = try RangeAccounts.rollups(of: ids, in: range, context)
        var (rows, residuals) = ([Row](), [Residual]())
        for (pdu, elements) in found where !elements.isEmpty {
            let hasData = elements.contains { rollups[$0.id] != nil }
            guard pdu.status.pdu.isConfigured || hasData else { continue }
            let known = elements.map { Row($0, of: pdu, rollups, in: range, context) }
            rows += known
            guard kind != .pdu, scope.isWhole(pdu.status.pdu.id) else { continue }
            residuals.append(Residual(of: pdu.status.pdu.id, rollups[pdu.status.pdu.id], known))
        }
        self.rows = rows
        self.residuals = residuals
        total = rows.compactMap(\.energy).reduce(0, +)
    }

    /// The part of the energy of all rows that `row` used, 0...1 in millionths; absent where that is unknown.
    func share(of row: Row) -> Double? {
        guard total > 0, let energy = row.energy else { return nil }
        return (Double(energy) / Double(total) * 1_000_000).rounded() / 1_000_000
    }
}

extension Consumers.Row {
    fileprivate init(
        _ status: ElementStatus,
        of pdu: LatestPDU,
        _ rollups: [Int64: Rollup],
        in range: TimeRange,
        _ context: Context
    ) {
        let reading = status.reading
        element = ElementRecord(
            id: status.id,
            pdu: pdu.status.pdu,
            element: reading.element,
            name: reading.element.kind == .pdu ? nil : reading.name,
            energyResolution: reading.energyResolution
        )
        self.status = status
        isPresent = pdu.isPresent(status.measuredAt ?? pdu.status.lastReadingAt)
        rollup = rollups[status.id]
        coverage = Coverage(
            of: [SumMember(element)],
            rollups: rollups,
            in: range,
            until: context.moment.expectedUntil
        )
    }
}

extension Consumers.Residual {
    /// That of `pdu`, whose unit has `unit` and all of whose parts are `rows`.
    fileprivate init(of pdu: Int64, _ unit: Rollup?, _ rows: [Consumers.Row]) {
        self.pdu = pdu
        let known = rows.compactMap(\.rollup)
        self.unit = unit.flatMap { EnergyParts([$0.energy]).total }
        parts = EnergyParts(known.map(\.energy)).total
        guard let energy = self.unit, let parts, let unit, known.count == rows.count,
            rows.allSatisfy(\.isMetered),
            known.allSatisfy({ Self.isKnown($0, asLongAs: unit) })
        else {
            residual = nil
            return
        }
        residual = energy - parts
    }

    /// Whether the energy of `part` is known for as much of the time as that of `unit`, but for a hundredth.
    private static func isKnown(_ part: Rollup, asLongAs unit: Rollup) -> Bool {
        func seconds(_ rollup: Rollup) -> Double {
            Double(rollup.coveredSeconds) + Double(rollup.interpolatedSeconds)
        }
        return part.energy.total != nil && seconds(part) >= seconds(unit) * 0.99
    }
}

/// Which elements of one kind are asked for.
///
/// Who names a whole PDU means all its parts of that kind, and who names a bank or a phase the outlets that it feeds.
private struct ConsumerScope {
    /// Of one PDU.
    private struct Part {
        var isWhole = false
        var ids: Set<Int64> = []
        var feeders: Set<Element> = []
    }

    private let kind: ElementKind
    /// By PDU; nil for all of every PDU.
    private var parts: [Int64: Part]?

    init(of kind: ElementKind, _ selection: Selection, in context: Context) throws {
        self.kind = kind
        switch selection {
        case .everyPDU: parts = nil
        case .pdus(let ids):
            let pdus = try Selection.pdus(ids, in: context.history)
            parts = Dictionary(uniqueKeysWithValues: pdus.map { ($0.id, Part(isWhole: true)) })
        case .elements(let ids):
            parts = ConsumerScope.parts(of: try Selection.elements(ids, in: context.history), kind)
        case .groups(let ids):
            parts = ConsumerScope.parts(of: try Selection.elements(ofGroups: ids, in: context), kind)
        }
    }

    private static func parts(of elements: [ElementRecord], _ kind: ElementKind) -> [Int64: Part] {
        var parts: [Int64: Part] = [:]
        for element in elements {
            var part = parts[element.pdu.id] ?? Part()
            switch element.element.kind {
            case .pdu: part.isWhole = true
            case kind: part.ids.insert(element.id)
            default: part.feeders.insert(element.element)
            }
            parts[element.pdu.id] = part
        }
        return parts
    }

    /// Whether some of the PDU `id` is meant.
    func isOf(_ id: Int64) -> Bool { parts.map { $0[id] != nil } ?? true }

    /// Whether all of the PDU `id` is meant.
    func isWhole(_ id: Int64) -> Bool { parts.map { $0[id]?.isWhole ?? false } ?? true }

    /// Whether `status` is of an element that is meant, of the PDU `pdu`.
    func contains(_ status: ElementStatus, of pdu: Int64) -> Bool {
        guard status.reading.element.kind == kind else { return false }
        if isWhole(pdu) { return true }
        guard let part = parts?[pdu] else { return false }
        if part.ids.contains(status.id) { return true }
        let feeders = [
            status.reading.bank.map { Element(.bank, $0) }, status.reading.phase.map { Element(.phase, $0) },
        ]
        return kind == .outlet && feeders.contains { $0.map(part.feeders.contains) ?? false }
    }
}
