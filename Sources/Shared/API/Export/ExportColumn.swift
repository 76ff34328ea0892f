internal import Basics
internal import Energy
internal import Storage

/// One column of an export, in the order in which they stand.
enum ExportColumn: String, CaseIterable, Sendable {
    case startUTC = "start_utc"
    case endUTC = "end_utc"
    case startLocal = "start_local"
    case utcOffset = "utc_offset"
    case elementID = "element_id"
    case pduID = "pdu_id"
    case pdu
    case kind
    case number
    case name
    case energy = "energy_kwh"
    case method
    case mean = "power_mean_watts"
    case maximum = "power_max_watts"
    case maximumAt = "power_max_at_utc"
    case minimum = "power_min_watts"
    case minimumAt = "power_min_at_utc"
    case coverage
    case seconds = "seconds_covered"

    /// What it holds, for the interface's document.
    var property: Property {
        switch self {
        case .startUTC: Property(rawValue, .time, "Of the bucket, in UTC.")
        case .endUTC: Property(rawValue, .time, "The first moment after it, in UTC.")
        case .startLocal:
            Property(rawValue, .text, "What the site's clocks show at its start: 2026-10-25 01:00:00.")
        case .utcOffset: Property(rawValue, .text, "How far they are ahead of UTC then: +01:00.")
        case .elementID, .pduID, .number: Property(rawValue, .integer)
        case .pdu: Property(rawValue, .text, "The PDU's name.")
        case .kind: Property(rawValue, ObjectShape.kind)
        case .name: .maybe(rawValue, .text, "The device's name for it.")
        case .energy, .mean, .maximum, .minimum: .maybe(rawValue, .number)
        case .method:
            .maybe(rawValue, .word(["counted", "integrated", "interpolated", "corrected", "mixed"]))
        case .maximumAt, .minimumAt: .maybe(rawValue, .time, "In UTC.")
        case .coverage: .maybe(rawValue, .number, "The share of the bucket for which energy is known.")
        case .seconds: Property(rawValue, .integer, "In which power is known.")
        }
    }

    /// A row of an export.
    static let shape = ObjectShape("ExportRow", allCases.map(\.property))
}

/// One cell.
enum ExportCell {
    /// Text of ours, in which nothing must be escaped.
    case plain(String)
    /// Text that a person or a device chose.
    case foreign(String)
    case integer(Int64)
    case fixed(FixedPoint)
    /// Millionths.
    case millionths(Int64)
    /// Unknown.
    case unknown

    init(_ text: String?) { self = text.map(ExportCell.plain) ?? .unknown }

    init(_ number: FixedPoint?) { self = number.map(ExportCell.fixed) ?? .unknown }
}
