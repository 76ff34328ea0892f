// Devices of our own making, from the facts of their MIBs: what an agent of each kind would know.

import MIB
import Metering
import Testing

@testable import Devices

/// An agent under construction.
struct FakeDevice {
    private var bindings: [VariableBinding] = []

    /// An agent that says so of itself.
    init(objectID: String, description: String) {
        self["1.3.6.1.2.1.1.1.0"] = .octets(Array(description.utf8))
        self["1.3.6.1.2.1.1.2.0"] = ObjectIdentifier(objectID).map { .identifier($0) }
    }

    /// The value of one object.
    subscript(object: String) -> SNMPValue? {
        get { walk[ObjectIdentifier(object) ?? ObjectIdentifier([0])] }
        set {
            guard let identifier = ObjectIdentifier(object) else { return }
            bindings.removeAll { $0.identifier == identifier }
            if let newValue { bindings.append(VariableBinding(identifier, newValue)) }
        }
    }

    /// A row of a table: its columns by number.
    mutating func row(_ entry: String, _ index: Int, _ columns: [Int: SNMPValue]) {
        for (column, value) in columns { self["\(entry).\(column).\(index)"] = value }
    }

    /// Takes everything below `object` away.
    mutating func remove(below object: String) {
        guard let identifier = ObjectIdentifier(object) else { return }
        bindings.removeAll { $0.identifier.isWithin(identifier) }
    }

    /// What it knows.
    var walk: RecordedWalk { RecordedWalk(bindings) }
}

extension SNMPValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// An INTEGER.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// An OCTET STRING.
    public init(stringLiteral value: String) { self = .octets(Array(value.utf8)) }
}

/// PowerNet-MIB's rPDU2 and rPDU trees.
enum APC {
    static let rpdu2 = "1.3.6.1.4.1.318.1.1.26"
    static let rpdu = "1.3.6.1.4.1.318.1.1.12"
    static let device = rpdu2 + ".4.3.1"
    static let phase = rpdu2 + ".6.3.1"
    static let bank = rpdu2 + ".8.3.1"
    static let switched = rpdu2 + ".9.2.3.1"
    static let metered = rpdu2 + ".9.4.3.1"
    static let sensor = rpdu2 + ".10.2.2.1"
    static let load = rpdu + ".2.3.1.1"

    static func sysDescr(_ model: String) -> String {
        "APC Web/SNMP Management Card (MB:v4.1.0 PF:v7.0.4 PN:apc_hw05_aos_704.bin AF1:v7.0.4 "
            + "AN1:apc_hw05_rpdu2g_704.bin MN:\(model) HR:02 SN: 5A0000000001 MD:01/02/2023) "
    }

    /// An rPDU2 of one unit; phases, banks and outlets are added by its callers.
    static func rpdu2Unit(_ model: String, unit: Int = 1, index: Int = 1) -> FakeDevice {
        var fake = FakeDevice(objectID: "1.3.6.1.4.1.318.1.3.4.6", description: sysDescr(model))
        addUnit(to: &fake, model, unit: unit, index: index, nps: 1)
        return fake
    }

    static func addUnit(to fake: inout FakeDevice, _ model: String, unit: Int, index: Int, nps: Int64) {
        fake.row(
            device,
            index,
            [
                1: .integer(Int64(index)), 2: .integer(Int64(unit)), 3: .octets(Array("rack-a\(unit) ".utf8)),
                4: 2, 5: 123, 9: 35_128,
                10: "01/02/2020 13:27:05", 16: 131, 17: 94, 18: .integer(nps),
            ]
        )
        fake.row(
            rpdu2 + ".2.1",
            index,
            [2: .integer(Int64(unit)), 6: "7.0.4", 8: .octets(Array(model.utf8)), 9: "5A0000000001"]
        )
        fake.row(rpdu2 + ".4.2.1", index, [2: .integer(Int64(unit)), 4: 24, 9: 16])
    }

    static func phaseRow(_ number: Int, current: Int64, volts: Int64, power: Int64) -> [Int: SNMPValue] {
        [
            1: .integer(Int64(number)), 2: 1, 3: .integer(Int64(number)), 4: 2, 5: .integer(current),
            6: .integer(volts), 7: .integer(power), 8: .integer(power + 2), 9: 97, 10: 99,
        ]
    }

    /// AP8659-like: one phase, two banks, 24 outlets, each switched and metered, one T/H probe of two possible.
    static func switchedAndMetered() -> FakeDevice {
        var fake = rpdu2Unit("AP8659")
        fake.row(phase, 1, phaseRow(1, current: 54, volts: 231, power: 122))
        fake.row(bank, 1, [1: 1, 2: 1, 3: 1, 4: 2, 5: 30])
        fake.row(bank, 2, [1: 2, 2: 1, 3: 2, 4: 2, 5: 24])
        for number in 1...24 {
            let name = SNMPValue.octets(Array("Server \(number)".utf8))
            let number64 = SNMPValue.integer(Int64(number))
            let state: SNMPValue = number == 7 ? 1 : 2
            fake.row(switched, number, [1: number64, 2: 1, 3: name, 4: number64, 5: state])
            let power = SNMPValue.integer(number == 7 ? 0 : Int64(number) * 2)
            fake.row(
                metered,
                number,
                [1: number64, 2: 1, 3: name, 4: number64, 5: 2, 6: 3, 7: power, 11: .integer(Int64(number))]
            )
        }
        fake.row(sensor, 1, [1: 1, 2: 1, 3: "Door", 4: 1, 5: 2, 6: 2, 7: 731, 8: 228, 10: 41])
        fake.row(sensor, 2, [1: 2, 2: 1, 3: "", 4: 2, 5: 4, 6: 1, 7: -1, 8: -1, 10: -1])
        return fake
    }

    /// AP8886-like: three phases, no outlets.
    static func threePhase() -> FakeDevice {
        var fake = rpdu2Unit("AP8886")
        fake.row(phase, 1, phaseRow(1, current: 51, volts: 231, power: 114))
        fake.row(phase, 2, phaseRow(2, current: 0, volts: 229, power: 0))
        fake.row(phase, 3, phaseRow(3, current: 12, volts: 230, power: 26))
        return fake
    }

    /// A unit of the first generation: load rows as (load in 0.1 A, phase, bank).
    static func firstGeneration(_ model: String, loads: [(Int64, Int64, Int64)]) -> FakeDevice {
        var fake = FakeDevice(
            objectID: "1.3.6.1.4.1.318.1.3.4.5",
            description: "APC Web/SNMP Management Card"
        )
        let identity: [Int: SNMPValue] = [
            1: "old-rack", 3: "v3.9.3", 5: .octets(Array(model.utf8)), 6: "ZA01", 7: 32,
        ]
        for (column, value) in identity { fake["\(rpdu).1.\(column).0"] = value }
        for (column, value) in [15: -1, 16: -1, 17: -1, 18: -1] as [Int: SNMPValue] {
            fake["\(rpdu).1.\(column).0"] = value
        }
        for (index, row) in loads.enumerated() {
            fake.row(
                load,
                index + 1,
                [
                    1: .integer(Int64(index + 1)), 2: .unsigned(UInt64(row.0)), 3: 1, 4: .integer(row.1),
                    5: .integer(row.2),
                ]
            )
        }
        return fake
    }

    /// AP7920-like: one phase, outlets that switch, and a power figure that it calculates itself.
    static func firstGenerationWithPower() -> FakeDevice {
        var fake = firstGeneration("AP7920", loads: [(26, 1, 0)])
        fake["\(rpdu).1.15.0"] = 230
        fake["\(rpdu).1.16.0"] = 598
        fake["\(rpdu).1.18.0"] = 610
        for number in 1...8 {
            fake.row(
                rpdu + ".3.5.1.1",
                number,
                [1: .integer(Int64(number)), 2: "Outlet", 3: 1, 4: number == 3 ? 2 : 1, 7: 0]
            )
        }
        return fake
    }
}

/// The built-in profiles, read once for all tests.
let builtIn = ProfileCatalog.builtIn()

/// The reading of `fake`, or the error that it ends in.
func read(_ fake: FakeDevice, hints: DeviceHints = DeviceHints()) throws -> DeviceReading {
    let result = decode(recording: fake.walk, catalog: builtIn, hints: hints).result
    return try #require(result).get()
}
