import Basics
package import Metering

/// `reading` as a table for people: one line per element, a dash for what the device does not give.
package func readingTable(_ reading: DeviceReading) -> String {
    let identity = reading.identity
    let device = [identity.vendor, identity.model, identity.serial, identity.firmware, identity.name]
    var rows = [["element", "name", "W", "VA", "A", "V", "PF", "kWh", "state"]]
    for element in reading.elements {
        let kind = element.element.kind
        rows.append([
            kind == .pdu ? kind.rawValue : "\(kind.rawValue) \(element.element.number)",
            element.name ?? "–",
            element.activePower.map { "\($0)\(element.powerIsEstimate ? " (estimate)" : "")" } ?? "–",
            cell(element.apparentPower),
            cell(element.current),
            cell(element.voltage),
            cell(element.powerFactor),
            element.energy?.descriptionInThousands ?? "–",
            element.state?.rawValue ?? "–",
        ])
    }
    let sensors = reading.sensors.map { sensor in
        "sensor \(sensor.number) \(sensor.name ?? "–"): \(cell(sensor.temperature)) °C, \(cell(sensor.humidity)) %\n"
    }
    let title = "\(device.compactMap { $0 }.joined(separator: ", ")) (\(reading.profile))\n"
    return title + aligned(rows) + sensors.joined()
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
