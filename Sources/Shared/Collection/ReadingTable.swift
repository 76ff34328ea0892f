import Basics
import Devices
package import Metering

/// `reading` as a table for people: one line per element, a dash for what the device does not give, a mark at the end
/// of what is doubtful, and below the table why.
///
/// The units that are linked to it follow, each with a table of its own.
package func readingTable(_ reading: DeviceReading) -> String {
    let units = reading.linkedUnits.map { unit in "\nUnit \(unit.number): " + unitTable(unit.reading) }
    return unitTable(reading) + units.joined()
}

private func unitTable(_ reading: DeviceReading) -> String {
    let identity = reading.identity
    let device = [identity.vendor, identity.model, identity.serial, identity.firmware, identity.name]
    let title = "\(device.compactMap { $0 }.joined(separator: ", ")) (\(reading.profile))\n"
    let doubts = doubts(about: reading)
    let doubtful = Set(doubts.map(\.subject))
    let hasRatings = reading.elements.contains { $0.ratedCurrent != nil }
    var rows = [
        ["element", "name", "W", "VA", "A"] + (hasRatings ? ["of A"] : []) + ["V", "PF", "kWh", "state", ""]
    ]
    for element in reading.elements {
        var row = [words(element.element), element.name ?? "–"]
        row.append(
            element.activePower.map { "\($0)\(element.powerIsEstimate ? " (estimate)" : "")" } ?? "–"
        )
        row += [cell(element.apparentPower), cell(element.current)]
        if hasRatings { row.append(cell(element.ratedCurrent)) }
        row += [
            cell(element.voltage), cell(element.powerFactor), element.energy?.descriptionInThousands ?? "–",
        ]
        row += [
            element.state?.rawValue ?? "–", doubtful.contains(.element(element.element)) ? doubtMark : "",
        ]
        rows.append(row)
    }
    let sensors = reading.sensors.map { sensor in
        "sensor \(sensor.number) \(sensor.name ?? "–"): \(cell(sensor.temperature)) °C, \(cell(sensor.humidity)) %"
            + (doubtful.contains(.sensor(sensor.number)) ? "  \(doubtMark)\n" : "\n")
    }
    let sentences = doubts.map { "\(doubtMark) \(words($0.subject)): \($0.sentence)\n" }
    return title + aligned(rows) + sensors.joined() + (sentences.isEmpty ? "" : "\n") + sentences.joined()
}

/// What stands beside numbers that contradict each other.
private let doubtMark = "(?)"

private func words(_ element: Element) -> String {
    element.kind == .pdu ? element.kind.rawValue : "\(element.kind.rawValue) \(element.number)"
}

private func words(_ subject: ReadingDoubt.Subject) -> String {
    switch subject {
    case .element(let element): words(element)
    case .sensor(let number): "sensor \(number)"
    }
}

private func cell(_ number: FixedPoint?) -> String {
    number?.description ?? "–"
}

/// `rows` in columns, two blanks apart.
private func aligned(_ rows: [[String]]) -> String {
    let widths = rows.reduce(into: [Int]()) { widths, row in
        for (column, cell) in row.enumerated() {
            if column == widths.count { widths.append(0) }
            widths[column] = max(widths[column], cell.count)
        }
    }
    return rows.map { row in
        let cells = zip(row, widths).map { cell, width in
            cell + String(repeating: " ", count: width - cell.count)
        }
        return cells.joined(separator: "  ").trimmedAtEnd + "\n"
    }.joined()
}

extension String {
    /// Without blanks at the end.
    fileprivate var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
