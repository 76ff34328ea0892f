// What a PDU's own meter shows, in the steps in which its MIB gives it. Agent and history take their numbers
// from here, so that both round alike.

import Basics

/// The numbers that a demonstration PDU shows at one moment.
struct UnitReadout {
    /// What one outlet's meter shows.
    struct Outlet {
        let number: Int
        let name: String
        let bank: Int
        let isOn: Bool
        /// Watts.
        let watts: Int
        /// Tenths of an ampere.
        let deciAmperes: Int
        /// Tenths of a kilowatt-hour.
        let deciKilowattHours: Int
    }

    let unit: DemoUnit
    let volts: Int
    /// Hundredths of a kilowatt.
    let centiKilowatts: Int
    /// Hundredths of a kilovolt-ampere.
    let centiKilovoltAmperes: Int
    /// Hundredths.
    let centiPowerFactor: Int
    /// Tenths of an ampere, of the whole unit.
    let deciAmperes: Int
    /// Tenths of a kilowatt-hour, of the whole unit.
    let deciKilowattHours: Int
    /// Tenths of an ampere, bank 1 first.
    let bankDeciAmperes: [Int]
    let outlets: [Outlet]

    /// What `unit` shows at `moment`.
    init(of unit: DemoUnit, at moment: UnixTime) {
        let time = Double(moment.seconds)
        let volts = unit.volts(at: time)
        let ampereWatts = volts * unit.powerFactor
        var bankWatts = [0.0, 0.0]
        var total = unit.ownWatts
        outlets = unit.outlets.map { outlet in
            let watts = outlet.isOn ? outlet.curve.watts(at: time) : 0
            bankWatts[outlet.bank - 1] += watts
            total += watts
            return Outlet(
                number: outlet.number,
                name: outlet.name,
                bank: outlet.bank,
                isOn: outlet.isOn,
                watts: Int(watts.rounded()),
                deciAmperes: Int((watts / ampereWatts * 10).rounded()),
                deciKilowattHours: Int(unit.wattHours(of: outlet, at: time) / 100)
            )
        }
        self.unit = unit
        self.volts = Int(volts.rounded())
        centiKilowatts = Int((total / 10).rounded())
        centiKilovoltAmperes = Int((total / unit.powerFactor / 10).rounded())
        centiPowerFactor = Int((unit.powerFactor * 100).rounded())
        deciAmperes = Int((total / ampereWatts * 10).rounded())
        deciKilowattHours = Int(unit.wattHours(at: time) / 100)
        bankDeciAmperes = bankWatts.map { Int(($0 / ampereWatts * 10).rounded()) }
    }
}
