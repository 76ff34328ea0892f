// The same numbers as measurements: what polling the unit at that moment brings, without the way over SNMP. A
// test holds it to what the profiles make of `MIBView`.

import Basics
import Metering

extension UnitReadout {
    /// What the poller reads from the unit.
    var reading: DeviceReading {
        var identity = DeviceIdentity()
        identity.vendor = "APC"
        identity.model = unit.modelNumber
        identity.serial = unit.serial
        identity.name = unit.name
        return switch unit.model {
        case .rpdu2: secondGenerationReading(&identity)
        case .rpdu: firstGenerationReading(&identity)
        }
    }

    private func secondGenerationReading(_ identity: inout DeviceIdentity) -> DeviceReading {
        identity.firmware = "v6.8.2"
        var whole = ElementReading(.wholePDU)
        whole.name = unit.name
        whole.activePower = tens(centiKilowatts)
        whole.apparentPower = tens(centiKilovoltAmperes)
        whole.powerFactor = hundredths(centiPowerFactor)
        whole.energy = FixedPoint(deciKilowattHours * 100)
        whole.energyResolution = FixedPoint(100)
        whole.energySince = DemoUnit.energySinceText
        whole.ratedCurrent = FixedPoint(16)
        whole.ratedPower = FixedPoint(3700)
        whole.current = tenths(deciAmperes)
        whole.voltage = FixedPoint(volts)
        var phase = ElementReading(Element(.phase, 1))
        phase.current = whole.current
        phase.voltage = whole.voltage
        phase.activePower = whole.activePower
        phase.apparentPower = whole.apparentPower
        phase.powerFactor = whole.powerFactor
        phase.setThresholds()
        let elements = [whole, phase] + banks + outlets.map { $0.meteredReading }
        return DeviceReading(profile: "apc-rpdu2", identity: identity, elements: elements, sensors: [])
    }

    private func firstGenerationReading(_ identity: inout DeviceIdentity) -> DeviceReading {
        identity.firmware = "v3.9.2"
        var phase = ElementReading(Element(.phase, 1))
        phase.current = tenths(deciAmperes)
        phase.activePower = estimatedPower
        phase.powerIsEstimate = true
        phase.setThresholds()
        var whole = ElementReading(.wholePDU)
        whole.name = unit.name
        whole.current = phase.current
        whole.activePower = estimatedPower
        whole.powerIsEstimate = true
        whole.ratedCurrent = FixedPoint(16)
        let elements = [whole, phase] + banks + outlets.map { $0.switchedReading(bank: $0.bank) }
        return DeviceReading(profile: "apc-rpdu", identity: identity, elements: elements, sensors: [])
    }

    /// Current × nominal voltage × power factor, as the poller does it.
    private var estimatedPower: FixedPoint {
        let perDeciAmpere = (unit.nominalVolts * unit.powerFactor * 100).rounded()
        return FixedPoint(thousandths: Int64(deciAmperes) * Int64(perDeciAmpere))
    }

    private var banks: [ElementReading] {
        bankDeciAmperes.enumerated().map { index, deciAmperes in
            var bank = ElementReading(Element(.bank, index + 1))
            bank.current = tenths(deciAmperes)
            bank.setThresholds()
            return bank
        }
    }

    private func tens(_ number: Int) -> FixedPoint { FixedPoint(number * 10) }
    private func hundredths(_ number: Int) -> FixedPoint { FixedPoint(thousandths: Int64(number) * 10) }
}

private func tenths(_ number: Int) -> FixedPoint { FixedPoint(thousandths: Int64(number) * 100) }

extension ElementReading {
    /// A 16 A circuit that warns at 13 A.
    fileprivate mutating func setThresholds() {
        warningCurrent = FixedPoint(13)
        criticalCurrent = FixedPoint(16)
    }
}

extension UnitReadout.Outlet {
    /// Of an outlet that is switched; with `bank`, the unit says which bank and phase feed it.
    fileprivate func switchedReading(bank: Int?) -> ElementReading {
        var reading = ElementReading(Element(.outlet, number))
        reading.name = name
        reading.state = isOn ? .on : .off
        reading.bank = bank
        reading.phase = bank.map { _ in 1 }
        return reading
    }

    /// Of an outlet that is switched and metered.
    fileprivate var meteredReading: ElementReading {
        var reading = switchedReading(bank: nil)
        reading.current = tenths(deciAmperes)
        reading.activePower = FixedPoint(watts)
        reading.energy = FixedPoint(deciKilowattHours * 100)
        reading.energyResolution = FixedPoint(100)
        return reading
    }
}
