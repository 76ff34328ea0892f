// Agents of the largest units there are, with every column that a real one has: what reading them costs.

import MIB

@testable import Devices

/// An agent under construction, of many thousand objects.
struct LargeAgent {
    private var bindings: [VariableBinding] = []

    /// An agent that says so of itself.
    init(objectID: String, description: String) {
        add("1.3.6.1.2.1.1.1.0", .octets(Array(description.utf8)))
        add("1.3.6.1.2.1.1.2.0", ObjectIdentifier(objectID).map { .identifier($0) } ?? .null)
        add("1.3.6.1.2.1.1.3.0", .timeTicks(8_640_000))
    }

    /// Adds one object.
    mutating func add(_ object: String, _ value: SNMPValue) {
        guard let identifier = ObjectIdentifier(object) else { return }
        bindings.append(VariableBinding(identifier, value))
    }

    /// Adds a table: of every row `columns`, those of `texts` as texts, the others as numbers, `values` excepted.
    mutating func table(
        _ entry: String,
        rows: [[UInt32]],
        columns: ClosedRange<UInt32>,
        texts: Set<UInt32> = [],
        values: (_ column: UInt32, _ row: [UInt32]) -> SNMPValue? = { _, _ in nil }
    ) {
        guard let entry = ObjectIdentifier(entry) else { return }
        for column in columns {
            for row in rows {
                let last = row.last ?? 0
                let usual: SNMPValue =
                    texts.contains(column)
                    ? .octets(Array("Label of \(last)".utf8))
                    : .unsigned(UInt64(1000 + 137 * last + 11 * column))
                bindings.append(
                    VariableBinding(entry.appending([column] + row), values(column, row) ?? usual)
                )
            }
        }
    }

    /// What it knows.
    var walk: RecordedWalk { RecordedWalk(bindings) }
}

/// Rows of an index whose last parts are all of `first` with all of `second`.
private func rows(_ before: [UInt32], _ first: ClosedRange<UInt32>, _ second: [UInt32]) -> [[UInt32]] {
    first.flatMap { number in second.map { before + [number, $0] } }
}

private func rows(_ before: [UInt32], _ numbers: ClosedRange<UInt32>) -> [[UInt32]] {
    numbers.map { before + [$0] }
}

extension LargeAgent {
    /// A PX4: PDU2-MIB, one three-phase inlet, six breakers, 36 outlets with 22 sensors each.
    static func raritan() -> LargeAgent {
        let mib = "1.3.6.1.4.1.13742.6"
        var agent = LargeAgent(objectID: mib, description: "PX4 - PDU, MD:PX4-5860 HW:1 FW:4.2.0")
        let onOff: UInt32 = 14
        let types: [UInt32] = [1, 2, 4, 5, 6, 7, 8, 9, onOff] + [23, 24] + Array(28...38)
        let ofPoles: [UInt32] = [1, 2, 4, 5, 6, 7, 8, 9, 24, 25] + Array(28...38)
        func settings(_ column: UInt32, _ row: [UInt32]) -> SNMPValue? {
            switch column {
            case 7: .unsigned(row.last == 1 ? 3 : row.last == 7 ? 2 : 0)
            case 27: .integer(0)
            default: nil
            }
        }
        func measurements(_ column: UInt32, _ row: [UInt32]) -> SNMPValue? {
            switch column {
            case 2: .integer(1)
            case 3: .integer(row.last == onOff ? 7 : 4)
            case 4 where row.last == 7: .unsigned(95)
            case 4 where row.last == 8: .unsigned(7_654_321)
            default: nil
            }
        }
        agent.table("\(mib).3.2.1.1", rows: [[1]], columns: 2...9, texts: Set(2...9))
        agent.table("\(mib).3.2.2.1", rows: [[1]], columns: 2...80, texts: [13])
        agent.table("\(mib).3.2.3.1", rows: [[1, 1, 1]], columns: 2...8, texts: [6])
        let inlet: [[UInt32]] = [[1, 1]]
        agent.table("\(mib).3.3.3.1", rows: inlet, columns: 2...20, texts: [2, 3, 7])
        agent.table("\(mib).3.3.4.1", rows: ofPoles.map { [1, 1, $0] }, columns: 4...31, values: settings)
        agent.table(
            "\(mib).5.2.3.1",
            rows: ofPoles.map { [1, 1, $0] },
            columns: 2...14,
            values: measurements
        )
        let poles = rows([1, 1], 1...4, ofPoles)
        agent.table("\(mib).3.3.6.1", rows: poles, columns: 4...31, values: settings)
        agent.table("\(mib).5.2.4.1", rows: poles, columns: 2...14, values: measurements)
        let breakers = rows([1], 1...6, [1, 2, 15])
        agent.table("\(mib).3.4.3.1", rows: rows([1], 1...6), columns: 2...12, texts: [2, 3, 5])
        agent.table("\(mib).3.4.4.1", rows: breakers, columns: 4...31, values: settings)
        agent.table("\(mib).5.3.3.1", rows: breakers, columns: 2...14) { column, row in
            column == 3 && row.last == 15 ? 1 : measurements(column, row)
        }
        agent.table("\(mib).3.5.3.1", rows: rows([1], 1...36), columns: 2...34, texts: [2, 3, 7]) {
            column,
            row in
            let breaker = ((row.last ?? 1) - 1) / 6 + 1
            return column == 33
                ? .identifier(ObjectIdentifier([1, 3, 6, 1, 4, 1, 13742, 6, 3, 4, 3, 1, 2, 1, breaker])) : nil
        }
        let outlets = rows([1], 1...36, types)
        agent.table("\(mib).3.5.4.1", rows: outlets, columns: 4...24, values: settings)
        agent.table("\(mib).5.4.3.1", rows: outlets, columns: 2...8, values: measurements)
        agent.table("\(mib).4.1.2.1", rows: rows([1], 1...36), columns: 2...5) { _, _ in 7 }
        return agent
    }

    /// An rPDU2 with three phases, six banks and 48 outlets, each switched and metered.
    static func apc() -> LargeAgent {
        let mib = "1.3.6.1.4.1.318.1.1.26"
        var agent = LargeAgent(objectID: "1.3.6.1.4.1.318.1.3.4.6", description: APC.sysDescr("APDU9981"))
        func numbered(_ numberColumn: UInt32) -> (UInt32, [UInt32]) -> SNMPValue? {
            { column, row in
                switch column {
                case 1, numberColumn: .integer(Int64(row.last ?? 0))
                case 2: 1
                default: nil
                }
            }
        }
        agent.table("\(mib).2.1", rows: [[1]], columns: 1...11, texts: Set(3...10), values: numbered(1))
        agent.table("\(mib).4.1.1", rows: [[1]], columns: 1...11, texts: [3, 4], values: numbered(1))
        agent.table("\(mib).4.2.1", rows: [[1]], columns: 1...15, values: numbered(1))
        agent.table("\(mib).4.3.1", rows: [[1]], columns: 1...19, texts: [3, 10]) { column, row in
            column == 18 ? 1 : numbered(1)(column, row)
        }
        for table in [1, 2, 3] {
            agent.table("\(mib).6.\(table).1", rows: rows([], 1...3), columns: 1...11, values: numbered(3))
            agent.table("\(mib).8.\(table).1", rows: rows([], 1...6), columns: 1...8, values: numbered(3))
        }
        for table in ["9.2.1", "9.2.2", "9.2.3"] {
            agent.table("\(mib).\(table).1", rows: rows([], 1...48), columns: 1...9, texts: [3]) {
                column,
                row in
                column == 5 && table == "9.2.3" ? 2 : numbered(4)(column, row)
            }
        }
        for table in ["9.4.1", "9.4.2", "9.4.3"] {
            agent.table(
                "\(mib).\(table).1",
                rows: rows([], 1...48),
                columns: 1...13,
                texts: [3, 12],
                values: numbered(4)
            )
        }
        agent.table("\(mib).10.2.2.1", rows: rows([], 1...2), columns: 1...12, texts: [3]) { column, row in
            column == 5 || column == 6 ? 2 : numbered(4)(column, row)
        }
        return agent
    }

    /// An ePDU G3 with a three-phase input, six groups and 42 outlets, each switched and metered.
    static func eaton() -> LargeAgent {
        let mib = "1.3.6.1.4.1.534.6.6.7"
        var agent = LargeAgent(objectID: mib, description: "EATON ePDU MA 3P 32A")
        agent.table("\(mib).1.2.1", rows: [[0]], columns: 2...40, texts: Set(2...8))
        agent.table("\(mib).3.1.1", rows: [[0, 1]], columns: 2...12)
        agent.table("\(mib).3.2.1", rows: rows([0, 1], 1...3), columns: 2...9)
        agent.table("\(mib).3.3.1", rows: rows([0, 1], 1...4), columns: 2...14, texts: [12])
        agent.table("\(mib).3.4.1", rows: rows([0, 1], 1...3), columns: 2...10)
        agent.table("\(mib).3.5.1", rows: [[0, 1]], columns: 2...12)
        agent.table("\(mib).5.1.1", rows: rows([0], 1...6), columns: 2...9, texts: [2, 3]) { column, _ in
            [4, 5, 9].contains(column) ? 1 : nil
        }
        agent.table("\(mib).6.1.1", rows: rows([0], 1...42), columns: 2...9, texts: [2, 3, 6]) { column, _ in
            column == 7 ? 2 : nil
        }
        for table in 3...5 {
            agent.table("\(mib).5.\(table).1", rows: rows([0], 1...6), columns: 2...12)
            agent.table("\(mib).6.\(table).1", rows: rows([0], 1...42), columns: 2...12)
        }
        agent.table("\(mib).6.2.1", rows: rows([0], 1...42, [1]), columns: 2...3) { column, row in
            let group = (row[1] - 1) / 7 + 1
            return column == 2
                ? 1 : .identifier(ObjectIdentifier([1, 3, 6, 1, 4, 1, 534, 6, 6, 7, 5, 1, 1, 2, 0, group]))
        }
        agent.table("\(mib).6.6.1", rows: rows([0], 1...42), columns: 2...12) { column, _ in
            column == 2 ? 1 : nil
        }
        agent.table("\(mib).7.1.1", rows: rows([0], 1...2), columns: 2...12, texts: [2]) { column, _ in
            column == 3 ? 1 : nil
        }
        agent.table("\(mib).7.2.1", rows: rows([0], 1...2), columns: 2...12, texts: [2]) { column, _ in
            column == 3 ? 1 : nil
        }
        return agent
    }

    /// A PRO2 with a three-phase cord, six branches and 48 outlets, each switched and metered.
    static func sentry4() -> LargeAgent {
        let mib = "1.3.6.1.4.1.1718.4.1"
        var agent = LargeAgent(objectID: "1.3.6.1.4.1.1718.4", description: "Sentry Switched PDU")
        agent.add("\(mib).1.1.3.0", "Sentry Switched PDU Version 8.0k")
        for index in [1, 2, 4, 5, 6, 7, 8] { agent.add("\(mib).1.1.\(index).0", "Text") }
        agent.table("\(mib).2.2.1", rows: [[1]], columns: 2...12, texts: Set(2...6)) { column, _ in
            column == 7 ? 0 : nil
        }
        agent.table("\(mib).2.3.1", rows: [[1]], columns: 1...3)
        let last: [Int: ClosedRange<UInt32>] = [3: 1...1, 4: 1...4, 5: 1...3, 7: 1...6, 8: 1...48]
        for (group, numbers) in last.sorted(by: { $0.key < $1.key }) {
            let rows = group == 3 ? [[1, 1]] : rows([1, 1], numbers)
            agent.table("\(mib).\(group).2.1", rows: rows, columns: 2...40, texts: [2, 3, 4, 5]) {
                column,
                row in
                switch (group, column) {
                case (5, 4): .octets(Array("AA:L\(row.last ?? 0)-N".utf8))
                case (7, 20), (8, 30), (8, 32): .octets(Array("AA\((row.last ?? 0) % 3 + 1)".utf8))
                default: nil
                }
            }
            agent.table("\(mib).\(group).3.1", rows: rows, columns: 1...20) { column, _ in
                column == 1 ? 1 : nil
            }
            agent.table("\(mib).\(group).4.1", rows: rows, columns: 1...12)
        }
        for group in [9, 10] {
            agent.table("\(mib).\(group).2.1", rows: rows([1], 1...2), columns: 2...6, texts: [3])
            agent.table("\(mib).\(group).3.1", rows: rows([1], 1...2), columns: 1...3) { column, _ in
                column == 2 ? 0 : 21
            }
        }
        return agent
    }
}
