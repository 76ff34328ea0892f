// In which of its two forms whoever scrapes wants measurements (RFC 9110, section 12.5.1).

/// A form in which Prometheus takes measurements.
enum ExpositionFormat: Sendable {
    /// OpenMetrics 1.0.
    case openMetrics
    /// Prometheus' text format 0.0.4, which everybody else reads, too.
    case text

    /// The value of Content-Type.
    var contentType: String {
        switch self {
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        }
    }

    /// The one that `accept`, the value of that field, asks for: OpenMetrics where it is named and nothing is liked better,
    /// text otherwise, also where neither is acceptable, since a scrape without an answer helps nobody.
    init(accept: String?) {
        var openMetrics = 0.0
        var text = 0.0
        for range in (accept ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.trimmed.lowercased() }
            guard let name = parts.first else { continue }
            var quality = 1.0
            var version: String?
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmed }
                guard pair.count == 2 else { continue }
                if pair[0] == "q" { quality = Double(pair[1]) ?? 0 }
                if pair[0] == "version" { version = pair[1].filter { $0 != "\"" } }
            }
            switch name {
            case "application/openmetrics-text":
                // 0.0.1 is what it was called before it was finished.
                if ["1.0.0", "0.0.1", nil].contains(version) { openMetrics = max(openMetrics, quality) }
            case "text/plain", "text/*", "*/*":
                if ["0.0.4", nil].contains(version) { text = max(text, quality) }
            default:
                break
            }
        }
        self = openMetrics > 0 && openMetrics >= text ? .openMetrics : .text
    }
}

extension StringProtocol {
    /// It without blanks around it.
    fileprivate var trimmed: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
