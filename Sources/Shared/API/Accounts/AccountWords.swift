// How accounts write times, amounts and lengths of time in their sentences.

internal import Basics
internal import Energy

/// Words for the sentences of an account, in a site's time.
struct AccountWords {
    let calendar: SiteCalendar

    /// `2026-03-29 14:00 BST`, with the seconds where there are any.
    func moment(_ time: UnixTime) -> String {
        let civil = calendar.civil(at: time)
        let date = "\(padded(civil.date.year, to: 4))-\(padded(civil.date.month))-\(padded(civil.date.day))"
        let second = civil.second == 0 ? "" : ":\(padded(civil.second))"
        return "\(date) \(padded(civil.hour)):\(padded(civil.minute))\(second) \(civil.zone.abbreviation)"
    }

    /// Millionths of a kWh to the watt-hour: `24.613 kWh`.
    static func energy(_ millionths: Int64) -> String {
        let wattHours = (millionths.magnitude + 500) / 1000
        let sign = millionths < 0 && wattHours > 0 ? "-" : ""
        return "\(sign)\(wattHours / 1000).\(padded(Int64(wattHours % 1000), to: 3)) kWh"
    }

    /// The parts of a sum, each to the watt-hour; the largest such that whoever adds them up gets the sum as it is
    /// written.
    static func energies(_ millionths: [Int64]) -> [String] {
        var wattHours = millionths.map { ($0 + 500) / 1000 }
        if let largest = millionths.indices.max(by: { millionths[$0] < millionths[$1] }) {
            wattHours[largest] += (millionths.reduce(500, +)) / 1000 - wattHours.reduce(0, +)
        }
        return wattHours.map { energy($0 * 1000) }
    }

    /// A counter's value, as exact as it is: `1234.5 kWh`.
    static func counter(_ wattHours: FixedPoint) -> String {
        "\(wattHours.descriptionInThousands) kWh"
    }

    /// A share of 1 in per cent to the tenth: `12.5 %`; all of it and nothing are said only of all and nothing.
    static func percent(_ share: Double) -> String {
        var tenths = Int64((share * 1000).rounded())
        if share < 1 { tenths = min(tenths, 999) }
        if share > 0 { tenths = max(tenths, 1) }
        return "\(FixedPoint(thousandths: tenths * 100)) %"
    }

    /// A length of time in the two largest units that it has: `23 h`, `3 h 10 min`, `45 s`.
    static func duration(_ seconds: Int64) -> String {
        let units: [(size: Int64, name: String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        var rest = max(0, seconds)
        var words: [String] = []
        for unit in units where rest >= unit.size {
            words.append("\(rest / unit.size) \(unit.name)")
            rest %= unit.size
        }
        return words.isEmpty ? "0 s" : words.prefix(2).joined(separator: " ")
    }

    /// `1 reading`, `2 readings`.
    static func counted(_ count: Int64, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `a`, `a and b`, `a, b and c`.
    static func list(_ parts: [String]) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " and " + last
    }
}
