/// A table in plain text: columns two blanks apart, numbers to the right.
struct TextTable {
    /// One column.
    struct Column {
        let title: String
        var isNumber = false
    }

    let columns: [Column]
    /// As many cells as columns in each.
    private(set) var rows: [[String]] = []

    /// A table without rows.
    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; what is absent shows as a dash.
    mutating func add(_ cells: [String?]) {
        rows.append(cells.map { $0 ?? "–" })
    }

    /// The table, with its titles; `paint` may add colour to a cell once its width is settled.
    func rendered(_ paint: (_ cell: String, _ column: Int) -> String = { cell, _ in cell }) -> String {
        let titles = columns.map(\.title)
        let widths = columns.indices.map { column in
            ([titles] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String], paint: (String, Int) -> String) -> String {
            let padded = columns.indices.map { column in
                let blanks = String(repeating: " ", count: widths[column] - cells[column].count)
                let cell = paint(cells[column], column)
                return columns[column].isNumber ? blanks + cell : cell + blanks
            }
            let text = padded.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed()) + "\n"
        }
        return line(titles) { cell, _ in cell } + rows.map { line($0, paint: paint) }.joined()
    }
}
