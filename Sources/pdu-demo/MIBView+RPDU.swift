// PowerNet-MIB, rPDU: .1.3.6.1.4.1.318.1.1.12. An old card that gives currents and no power of its own, so that
// the demonstration also shows an estimate.

import MIB

extension MIBView {
    /// Where rPDU begins.
    static let rpduRoot = ObjectIdentifier([1, 3, 6, 1, 4, 1, 318, 1, 1, 12])

    /// `readout` as a first-generation switched rack PDU with two banks shows it.
    static func rpdu(_ readout: UnitReadout) -> MIBView {
        MIBView { view in
            view.addRPDUIdentity(readout)
            view.addRPDULoad(row: 1, deciAmperes: readout.deciAmperes, phase: 1, bank: 0)
            for (index, deciAmperes) in readout.bankDeciAmperes.enumerated() {
                view.addRPDULoad(row: index + 2, deciAmperes: deciAmperes, phase: 0, bank: index + 1)
            }
            view.addRPDUThresholds(banks: readout.bankDeciAmperes.count)
            for outlet in readout.outlets { view.addRPDUOutlet(outlet) }
        }
    }

    private mutating func addRPDUIdentity(_ readout: UnitReadout) {
        let unit = readout.unit
        let identity: [(UInt32, Value)] = [
            (1, .string(unit.name)), (2, .string("B2")), (3, .string("v3.9.2")), (4, .string("01/01/2012")),
            (5, .string(unit.modelNumber)), (6, .string(unit.serial)), (7, .integer(16)),
            (8, .integer(readout.outlets.count)), (9, .integer(1)),
            (10, .integer(readout.bankDeciAmperes.count)),
            (15, .integer(Int(unit.nominalVolts))),
        ]
        for (column, value) in identity { add(Self.rpduRoot, [1, column, 0], value) }
    }

    /// A row of rPDULoadStatusTable: a phase's where `bank` is 0, a bank's where `phase` is 0.
    ///
    /// The load state is 1, normal.
    private mutating func addRPDULoad(row: Int, deciAmperes: Int, phase: Int, bank: Int) {
        addRow(
            Self.rpduRoot,
            [2, 3, 1, 1],
            index: row,
            [
                (1, .integer(row)), (2, .gauge(deciAmperes)), (3, .integer(1)),
                (4, .integer(phase)), (5, .integer(bank)),
            ]
        )
    }

    private mutating func addRPDUThresholds(banks: Int) {
        addRow(
            Self.rpduRoot,
            [2, 2, 1, 1],
            index: 1,
            [(1, .integer(1)), (2, .integer(0)), (3, .integer(13)), (4, .integer(16))]
        )
        for bank in 1...max(1, banks) {
            addRow(
                Self.rpduRoot,
                [2, 4, 1, 1],
                index: bank,
                [(1, .integer(bank)), (2, .integer(0)), (3, .integer(13)), (4, .integer(16))]
            )
        }
    }

    private mutating func addRPDUOutlet(_ outlet: UnitReadout.Outlet) {
        addRow(
            Self.rpduRoot,
            [3, 5, 1, 1],
            index: outlet.number,
            [
                (1, .integer(outlet.number)), (2, .string(outlet.name)), (3, .integer(1)),
                (4, .integer(outlet.isOn ? 1 : 2)),  // rPDUOutletStatusOutletState: on 1, off 2
                (5, .integer(2)), (6, .integer(outlet.bank)),
            ]
        )
    }
}
