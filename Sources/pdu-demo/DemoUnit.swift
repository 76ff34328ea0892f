// The demonstration's two PDUs, which feed the same rack from both sides: a second-generation unit that meters
// every outlet, and a first-generation one that knows the current of its inlet and its banks.

import Basics
import MIB

/// A socket of a demonstration PDU.
struct DemoOutlet {
    let number: Int
    let name: String
    /// Whether it is switched on.
    let isOn: Bool
    /// The bank that protects it.
    let bank: Int
    let curve: LoadCurve
}

/// A demonstration PDU.
struct DemoUnit {
    /// Which family it belongs to.
    enum Model: String, CaseIterable {
        /// APC's second generation, PowerNet-MIB rPDU2.
        case rpdu2
        /// APC's first generation, PowerNet-MIB rPDU.
        case rpdu
    }

    let model: Model
    /// The PDU's identity in configuration and history.
    let key: String
    let name: String
    /// What kind of product it says it is, in PowerNet-MIB's tree of products.
    let sysObjectID: ObjectIdentifier
    /// The model it says it is.
    let modelNumber: String
    let serial: String
    let outlets: [DemoOutlet]
    /// What the unit draws itself, in watts.
    let ownWatts: Double
    let nominalVolts: Double
    let powerFactor: Double
    private let voltageNoise: SmoothNoise

    /// When the energy counters were last reset: 2024-01-01T00:00:00Z.
    static let energySince = UnixTime(1_704_067_200)
    /// The same, in the words of an rPDU2.
    static let energySinceText = "01/01/2024 00:00:00"

    /// The demonstration's PDU of `model`.
    init(_ model: Model) {
        self.model = model
        let isSecondGeneration = model == .rpdu2
        key = isSecondGeneration ? "demo-a" : "demo-b"
        name = isSecondGeneration ? "Demo PDU A" : "Demo PDU B"
        sysObjectID = ObjectIdentifier([1, 3, 6, 1, 4, 1, 318, 1, 3, 4, isSecondGeneration ? 6 : 4])
        modelNumber = isSecondGeneration ? "AP8659" : "AP7953"
        serial = isSecondGeneration ? "DEMO00000001" : "DEMO00000002"
        ownWatts = isSecondGeneration ? 9 : 7
        nominalVolts = 230
        powerFactor = 0.95
        voltageNoise = SmoothNoise(period: 900, amplitude: 0.006, seed: isSecondGeneration ? 71 : 72)
        outlets = DemoUnit.outlets(of: model)
    }

    /// Volts at the inlet at `time`.
    func volts(at time: Double) -> Double {
        nominalVolts * (1 + voltageNoise.rate(at: time))
    }

    /// Active power of the whole unit in watts at `time`.
    func watts(at time: Double) -> Double {
        outlets.reduce(ownWatts) { $0 + ($1.isOn ? $1.curve.watts(at: time) : 0) }
    }

    /// Energy of the whole unit in watt-hours from its reset to `time`.
    func wattHours(at time: Double) -> Double {
        let since = Double(DemoUnit.energySince.seconds)
        return outlets.reduce(ownWatts * (time - since) / 3600) { $0 + wattHours(of: $1, at: time) }
    }

    /// Energy of one outlet in watt-hours from its reset to `time`.
    func wattHours(of outlet: DemoOutlet, at time: Double) -> Double {
        guard outlet.isOn else { return 0 }
        let since = Double(DemoUnit.energySince.seconds)
        return outlet.curve.wattHours(at: time) - outlet.curve.wattHours(at: since)
    }
}

extension DemoUnit {
    /// The rack: what hangs on each outlet, its mean power on one feed, and how lively it is.
    private static let rack: [(name: String, watts: Double, liveliness: Double)] = [
        ("web-1", 92, 1.2), ("web-2", 95, 1.2), ("web-3", 90, 1.2), ("app-1", 128, 1.1),
        ("app-2", 131, 1.1), ("app-3", 124, 1.1), ("db-1", 172, 0.8), ("db-2", 165, 0.8),
        ("mail", 64, 1.0), ("build-1", 148, 1.8), ("build-2", 141, 1.8), ("spare", 0, 0),
        ("storage-1", 186, 0.4), ("storage-2", 181, 0.4), ("backup", 118, 1.4), ("switch-core", 84, 0.2),
        ("switch-top", 46, 0.2), ("firewall-1", 38, 0.3), ("firewall-2", 33, 0.3), ("router", 41, 0.2),
        ("console", 9, 0.1), ("kvm", 12, 0.3), ("sensor-hub", 5, 0.1), ("spare", 0, 0),
    ]

    private static func outlets(of model: Model) -> [DemoOutlet] {
        let shape = WeekShape()
        let share = model == .rpdu2 ? 1.0 : 0.82
        return rack.enumerated().map { index, load in
            DemoOutlet(
                number: index + 1,
                name: load.watts > 0 ? load.name : "Outlet \(index + 1)",
                isOn: load.watts > 0,
                bank: index < 12 ? 1 : 2,
                curve: LoadCurve(
                    meanWatts: load.watts * share,
                    liveliness: load.liveliness,
                    seed: UInt64(index + 1) &+ (model == .rpdu2 ? 0 : 100),
                    shape: shape
                )
            )
        }
    }
}
