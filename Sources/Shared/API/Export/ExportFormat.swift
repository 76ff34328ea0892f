// How rows are written: as RFC 4180 has it, and as JSON.

internal import Basics

/// What an export is written as.
enum ExportFormat: String, Sendable {
    case csv
    case json

    /// The value of Content-Type.
    var mediaType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8; header=present"
        case .json: "application/json; charset=utf-8"
        }
    }
}

/// The text of an export, as far as it has not been fetched.
struct ExportText {
    private let format: ExportFormat
    private let columns: [ExportColumn]
    /// `"energy_kwh":` and the like, of each column, with the comma before it.
    private let names: [[UInt8]]
    private(set) var bytes: [UInt8] = []
    private var hasRows = false

    init(_ format: ExportFormat, _ columns: [ExportColumn]) {
        self.format = format
        self.columns = columns
        names = columns.enumerated().map { index, column in
            Array("\(index == 0 ? "" : ",")\"\(column.rawValue)\":".utf8)
        }
    }

    /// Takes what there is.
    mutating func take() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }

    /// What stands before the rows; `writeRange` writes which range they are of.
    mutating func begin(_ writeRange: (inout JSONWriter) -> Void) {
        switch format {
        case .csv:
            bytes += columns.map(\.rawValue).joined(separator: ",").utf8
            bytes += "\r\n".utf8
        case .json:
            var json = JSONWriter()
            json.object(writeRange)
            bytes += "{\"range\":".utf8
            bytes += json.bytes
            bytes += ",\"data\":[".utf8
        }
    }

    /// What stands after the rows.
    mutating func end() {
        if format == .json { bytes += "\n]}\n".utf8 }
    }

    /// A cell as it is written, of one that stands in many rows.
    static func written(_ cell: ExportCell, as format: ExportFormat) -> [UInt8] {
        var text: [UInt8] = []
        write(cell, as: format, into: &text)
        return text
    }

    /// One row; `write` appends the cell of the column with an index to the bytes.
    mutating func row(_ write: (Int, inout [UInt8]) -> Void) {
        if format == .json {
            bytes += hasRows ? ",\n{".utf8 : "\n{".utf8
            for index in columns.indices {
                bytes += names[index]
                write(index, &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        } else {
            for index in columns.indices {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(index, &bytes)
            }
            bytes += "\r\n".utf8
        }
        hasRows = true
    }

    /// Appends `cell` to `text` as `format` writes it.
    static func write(_ cell: ExportCell, as format: ExportFormat, into text: inout [UInt8]) {
        switch format {
        case .csv: writeCSV(cell, into: &text)
        case .json: writeJSON(cell, into: &text)
        }
    }

    private static func writeJSON(_ cell: ExportCell, into text: inout [UInt8]) {
        switch cell {
        case .plain(let words):
            text.append(UInt8(ascii: "\""))
            text += words.utf8
            text.append(UInt8(ascii: "\""))
        case .foreign(let words):
            var json = JSONWriter()
            json.value(words)
            text += json.bytes
        case .unknown: text += "null".utf8
        case .integer, .fixed, .millionths: writeNumber(cell, into: &text)
        }
    }

    private static func writeCSV(_ cell: ExportCell, into text: inout [UInt8]) {
        switch cell {
        case .plain(let words): text += words.utf8
        case .foreign(let words): text += csvField(words).utf8
        case .unknown: break
        case .integer, .fixed, .millionths: writeNumber(cell, into: &text)
        }
    }

    private static func writeNumber(_ cell: ExportCell, into text: inout [UInt8]) {
        switch cell {
        case .integer(let number): text.append(decimal: number)
        case .fixed(let number): text.append(number.thousandths, of: 1000)
        case .millionths(let number): text.append(number, of: 1_000_000)
        case .plain, .foreign, .unknown: break
        }
    }

    /// `text` as a field (RFC 4180, section 2), which no spreadsheet takes for a formula: where it begins like one, an
    /// apostrophe stands before it (OWASP, CSV Injection).
    static func csvField(_ text: String) -> String {
        let first = text.unicodeScalars.first
        let isLikeFormula =
            first.map { "=+-@\t\r\n\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains($0) } ?? false
        let safe = isLikeFormula ? "'" + text : text
        let mustBeQuoted = safe.unicodeScalars.contains { scalar in
            scalar == "\"" || scalar == "," || scalar == "\r" || scalar == "\n" || scalar == "\t"
                || scalar == "'"
        }
        guard mustBeQuoted || safe.hasPrefix(" ") || safe.hasSuffix(" ") else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
