// Watts from amperes, for units that measure current only: current × nominal voltage × power factor. Always marked
// as an estimate, and made only where the unit gives no power of its own.

import Basics
import Metering

/// What an estimate is made with.
struct PowerEstimate {
    /// A nominal voltage outside of this is a setting that nobody made.
    static let sensibleVoltage = FixedPoint(80)...FixedPoint(500)

    private let configuredVoltage: FixedPoint?
    private let deviceVoltage: FixedPoint?
    private let isLineToLine: Bool
    private let powerFactor: FixedPoint

    /// The operator's words come before the device's own settings; a power factor that nobody gives is 1.
    init(settings: EstimateObjects?, hints: DeviceHints, _ setting: (ValueSpec) -> FixedPoint?) {
        self.init(
            nominalVoltage: settings?.nominalVoltage.flatMap(setting),
            isLineToLine: settings?.isLineToLine ?? false,
            powerFactor: settings?.powerFactor.flatMap(setting),
            hints: hints
        )
    }

    /// An estimate with what is set on the device.
    init(nominalVoltage: FixedPoint?, isLineToLine: Bool, powerFactor: FixedPoint?, hints: DeviceHints) {
        configuredVoltage = hints.nominalVoltage
        deviceVoltage = nominalVoltage.flatMap { Self.sensibleVoltage.contains($0) ? $0 : nil }
        self.isLineToLine = isLineToLine
        let deviceFactor = powerFactor.flatMap { $0 > FixedPoint(0) && $0 <= FixedPoint(1) ? $0 : nil }
        self.powerFactor = hints.powerFactor ?? deviceFactor ?? FixedPoint(1)
    }

    /// Estimates the power of every phase and of the whole unit, where the unit itself says nothing of power, and
    /// returns what was estimated.
    ///
    /// The whole is estimated only from all of its phases.
    func apply(to draft: inout UnitDraft) -> [Element] {
        guard var whole = draft.elements[.wholePDU], whole.activePower == nil else { return [] }
        let phases = draft.phases
        guard !phases.isEmpty, phases.allSatisfy({ $0.activePower == nil }) else { return [] }
        var estimated: [Element] = []
        var total: Int64? = 0
        for phase in phases {
            guard let current = phase.current, let power = power(of: current, phases: phases.count) else {
                total = nil
                continue
            }
            total = total.map { $0 + power.thousandths }
            draft.elements[phase.element]?.activePower = power
            draft.elements[phase.element]?.powerIsEstimate = true
            estimated.append(phase.element)
        }
        guard let total else { return estimated }
        whole.activePower = FixedPoint(thousandths: total)
        whole.powerIsEstimate = true
        draft.elements[.wholePDU] = whole
        return estimated + [.wholePDU]
    }

    /// Watts of one phase of several, to the thousandth; nil without a voltage or when the numbers are absurd.
    private func power(of current: FixedPoint, phases: Int) -> FixedPoint? {
        guard let volts = configuredVoltage ?? deviceVoltage else { return nil }
        var numbers = [current.thousandths, volts.thousandths, powerFactor.thousandths]
        var divisor: Int64 = 1_000_000
        if configuredVoltage == nil, isLineToLine, phases > 1 {
            numbers.append(57_735)  // 1/√3, in hundred thousandths.
            divisor *= 100_000
        }
        var product: Int64 = 1
        for number in numbers {
            let (next, overflows) = product.multipliedReportingOverflow(by: number)
            guard !overflows else { return nil }
            product = next
        }
        return FixedPoint(thousandths: (product + divisor / 2) / divisor)
    }
}
