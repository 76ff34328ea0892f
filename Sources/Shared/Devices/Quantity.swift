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
    /// °C.
    case temperature
    /// Per cent.
    case humidity
    case model
    case serial
    case firmware

    /// What every element may have.
    static let ofElements: [Quantity] = [
        .name, .power, .apparentPower, .current, .voltage, .powerFactor, .energy, .energySince, .ratedCurrent,
    ]
    static let ofOutlets = ofElements + [.state]
    static let ofUnits = ofElements + ofIdentity
    static let ofSensors: [Quantity] = [.name, .temperature, .humidity]
    static let ofIdentity: [Quantity] = [.model, .serial, .firmware]

    /// Whether the value is a text; all others but the state are numbers.
    var isText: Bool {
        switch self {
        case .name, .energySince, .model, .serial, .firmware: true
        default: false
        }
    }

    /// Whether `scale` makes sense for it.
    var isScaled: Bool { !isText && self != .state }
}
