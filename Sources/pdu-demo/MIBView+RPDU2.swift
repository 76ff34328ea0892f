// PowerNet-MIB, rPDU2: .1.3.6.1.4.1.318.1.1.26. Steps and enumerations as the MIB gives them.

import MIB

extension MIBView {
    /// Where rPDU2 begins.
    static let rpdu2Root = ObjectIdentifier([1, 3, 6, 1, 4, 1, 318, 1, 1, 26])

    /// `readout` as a second-generation rack PDU that switches and meters its outlets shows it.
    static func rpdu2(_ readout: UnitReadout) -> MIBView {
        MIBView { view in
            view.addRPDU2Identity(readout)
            view.addRPDU2Device(readout)
            view.addRPDU2Phase(readout)
            view.addRPDU2Banks(readout)
            for outlet in readout.outlets { view.addRPDU2Outlet(outlet) }
            view.addRPDU2Sensor()
        }
    }

    private mutating func addRPDU2Identity(_ readout: UnitReadout) {
        let unit = readout.unit
        add(Self.rpdu2Root, [1, 0], .integer(1))  // rPDU2IdentTableSize
        addRow(
            Self.rpdu2Root,
            [2, 1],
            index: 1,
            [
                (1, .integer(1)), (2, .integer(1)), (3, .string(unit.name)), (4, .string("Demonstration")),
                (5, .string("02")), (6, .string("v6.8.2")), (7, .string("01/01/2024")),
                (8, .string(unit.modelNumber)), (9, .string(unit.serial)),
            ]
        )
        add(Self.rpdu2Root, [3, 0], .integer(1))  // rPDU2DeviceTableSize
        addRow(
            Self.rpdu2Root,
            [4, 2, 1],
            index: 1,
            [
                (1, .integer(1)), (2, .integer(1)), (3, .string(unit.name)),
                (4, .integer(readout.outlets.count)), (5, .integer(readout.outlets.count)),
                (6, .integer(readout.outlets.count)), (7, .integer(1)), (8, .integer(2)),
                (9, .integer(16)), (13, .integer(37)),
            ]
        )
    }

    /// Load state 2 is normal; no supply alarm, supply 1 works, there is no supply 2.
    private mutating func addRPDU2Device(_ readout: UnitReadout) {
        addRow(
            Self.rpdu2Root,
            [4, 1, 1],
            index: 1,
            [(1, .integer(1)), (2, .integer(1)), (7, .integer(0)), (8, .integer(29)), (9, .integer(35))]
        )
        addRow(
            Self.rpdu2Root,
            [4, 3, 1],
            index: 1,
            [
                (1, .integer(1)), (2, .integer(1)), (3, .string(readout.unit.name)),
                (4, .integer(2)),
                (5, .integer(readout.centiKilowatts)),
                (9, .integer(readout.deciKilowattHours)), (10, .string(DemoUnit.energySinceText)),
                (12, .integer(1)), (13, .integer(1)), (14, .integer(3)),
                (16, .integer(readout.centiKilovoltAmperes)), (17, .integer(readout.centiPowerFactor)),
                (18, .integer(1)),  // stands alone
            ]
        )
    }

    private mutating func addRPDU2Phase(_ readout: UnitReadout) {
        add(Self.rpdu2Root, [5, 0], .integer(1))  // rPDU2PhaseTableSize
        addRow(
            Self.rpdu2Root,
            [6, 1, 1],
            index: 1,
            [
                (1, .integer(1)), (2, .integer(1)), (3, .integer(1)), (5, .integer(0)), (6, .integer(13)),
                (7, .integer(16)),
            ]
        )
        addRow(
            Self.rpdu2Root,
            [6, 3, 1],
            index: 1,
            [
                (1, .integer(1)), (2, .integer(1)), (3, .integer(1)), (4, .integer(2)),
                (5, .integer(readout.deciAmperes)), (6, .integer(readout.volts)),
                (7, .integer(readout.centiKilowatts)), (8, .integer(readout.centiKilovoltAmperes)),
                (9, .integer(readout.centiPowerFactor)),
            ]
        )
    }

    private mutating func addRPDU2Banks(_ readout: UnitReadout) {
        add(Self.rpdu2Root, [7, 0], .integer(readout.bankDeciAmperes.count))  // rPDU2BankTableSize
        for (index, deciAmperes) in readout.bankDeciAmperes.enumerated() {
            let bank = index + 1
            addRow(
                Self.rpdu2Root,
                [8, 1, 1],
                index: bank,
                [
                    (1, .integer(bank)), (2, .integer(1)), (3, .integer(bank)),
                    (5, .integer(0)), (6, .integer(13)), (7, .integer(16)),
                ]
            )
            addRow(
                Self.rpdu2Root,
                [8, 3, 1],
                index: bank,
                [
                    (1, .integer(bank)), (2, .integer(1)), (3, .integer(bank)), (4, .integer(2)),
                    (5, .integer(deciAmperes)),
                ]
            )
        }
    }

    private mutating func addRPDU2Outlet(_ outlet: UnitReadout.Outlet) {
        let number = outlet.number
        addRow(
            Self.rpdu2Root,
            [9, 2, 3, 1],
            index: number,
            [
                (1, .integer(number)), (2, .integer(1)), (3, .string(outlet.name)), (4, .integer(number)),
                (5, .integer(outlet.isOn ? 2 : 1)),  // rPDU2OutletSwitchedStatusState: off 1, on 2
                (6, .integer(2)),  // no command pending
            ]
        )
        addRow(
            Self.rpdu2Root,
            [9, 4, 3, 1],
            index: number,
            [
                (1, .integer(number)), (2, .integer(1)), (3, .string(outlet.name)), (4, .integer(number)),
                (5, .integer(2)), (6, .integer(outlet.deciAmperes)), (7, .integer(outlet.watts)),
                (11, .integer(outlet.deciKilowattHours)),
            ]
        )
    }

    /// No probe is attached: the row is there all the same, as on a real unit.
    private mutating func addRPDU2Sensor() {
        addRow(
            Self.rpdu2Root,
            [10, 2, 2, 1],
            index: 1,
            [
                (1, .integer(1)), (2, .integer(1)), (3, .string("")), (4, .integer(1)), (5, .integer(4)),
                (6, .integer(1)), (7, .integer(-1)), (8, .integer(-1)), (9, .integer(1)), (10, .integer(-1)),
                (11, .integer(1)),
            ]
        )
    }
}
