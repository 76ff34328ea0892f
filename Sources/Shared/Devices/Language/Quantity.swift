/// What a value of a profile means; the raw values are the profile language's words, the units those of `Metering`.
enum Quantity: String, CaseIterable, Sendable {
    case name
    /// W.
    case power
    /// VA.
    case apparentPower = "apparent_power"
    /// A.
    case current
    /// V.
    case voltage
    case powerFactor = "power_factor"
    /// Wh.
    case energy
    case energySince = "energy_since"
    case state
    /// A.
    case ratedCurrent = "rated_current"
    /// W.
    case ratedPower = "rated_power"
    /// A.
    case warningCurrent = "warning_current"
    /// A.
    case criticalCurrent = "critical_current"
    /// The number of the bank that feeds it.
    case bank
    /// The number of the phase that feeds it.
    case phase
    /// °C.
    case temperature
    /// Per cent.
    case humidity
    case vendor
    case model
    case serial
    case firmware

    /// What every element may have.
    static let ofElements: [Quantity] = [
        .name, .power, .apparentPower, .current, .voltage, .powerFactor, .energy, .energySince, .ratedCurrent,
        .ratedPower, .warningCurrent, .criticalCurrent,
    ]
    static let ofBanks = ofElements + [.state, .phase]
    static let ofOutlets = ofBanks + [.bank]
    static let ofUnits = ofElements + [.vendor] + ofIdentity
    static let ofSensors: [Quantity] = [.name, .temperature, .humidity]
    /// What sysDescr may tell as well.
    static let ofIdentity: [Quantity] = [.model, .serial, .firmware]

    /// Whether the value is a text.
    var isText: Bool {
        switch self {
        case .name, .energySince, .vendor, .model, .serial, .firmware: true
        default: false
        }
    }

    /// Whether the value is the number of another element.
    var isParent: Bool { self == .bank || self == .phase }

    /// Whether the value is a measured number or a rating, with a unit.
    var isScaled: Bool { !isText && !isParent && self != .state }

    /// Whether it is measured, or a state, and changes with what is plugged in.
    var isMeasured: Bool {
        switch self {
        case .power, .apparentPower, .current, .voltage, .powerFactor, .energy, .state, .temperature,
            .humidity:
            true
        default: false
        }
    }

    /// Whether the values of several rows may be added up.
    var isAdditive: Bool {
        switch self {
        case .power, .apparentPower, .current, .energy: true
        default: false
        }
    }

    /// How often it must be read.
    var use: ReadingLog.Use {
        switch self {
        case .name, .ratedCurrent, .ratedPower, .warningCurrent, .criticalCurrent, .bank, .phase, .vendor,
            .model, .firmware:
            .settled
        // Another one says that another unit answers.
        case .serial: .watched
        default: .moving
        }
    }
}
