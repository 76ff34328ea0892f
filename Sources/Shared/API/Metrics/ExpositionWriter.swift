// Measurements as text: OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/), and the format that
// Prometheus had before it. Straight into bytes, as JSON is: ten thousand lines in some milliseconds.

internal import Basics

/// Some measurements that have a name, a meaning and a unit in common.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case gauge
        /// It never falls; its samples end in `_total`.
        case counter
        /// What something is, as labels of a 1; its samples end in `_info`.
        case info
        /// Which of some states something is in: a 0 or 1 for each.
        case stateset
    }

    /// Without what the kind puts behind it.
    let name: String
    let kind: Kind
    /// The end of the name, too; nil where there is none.
    let unit: String?
    /// A sentence for people.
    let help: String

    /// The family `name`, which ends in `unit` where it has one.
    init(_ name: String, _ kind: Kind = .gauge, unit: String? = nil, help: String) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
    }

    /// What its samples are called.
    var sampleName: String {
        switch kind {
        case .gauge, .stateset: name
        case .counter: name + "_total"
        case .info: name + "_info"
        }
    }
}

/// Labels as they stand between braces, without these.
struct MetricLabels: Sendable {
    fileprivate(set) var bytes: [UInt8] = []

    /// Those of `pairs` that have a value: an empty one is the same as none.
    init(_ pairs: (name: String, value: String?)...) {
        for (name, value) in pairs { add(name, value) }
    }

    /// These, and `name` where it has a value.
    func with(_ name: String, _ value: String?) -> MetricLabels {
        var labels = self
        labels.add(name, value)
        return labels
    }

    private mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: "=\"".utf8)
        bytes.appendEscaped(value, quotes: true)
        bytes.append(UInt8(ascii: "\""))
    }
}

/// Builds one answer by appending.
struct ExpositionWriter {
    let format: ExpositionFormat
    private(set) var bytes: [UInt8] = []
    /// How a sample of the family at hand begins, and how the time since when it counts.
    private var sampleName: [UInt8] = []
    private var createdName: [UInt8] = []

    /// An empty answer in `format`.
    init(_ format: ExpositionFormat) {
        self.format = format
        bytes.reserveCapacity(65_536)
    }

    /// `family` with the samples that `body` writes; nothing where it writes none.
    mutating func family(_ family: MetricFamily, _ body: (inout ExpositionWriter) -> Void) {
        let start = bytes.count
        let isOpen = format == .openMetrics
        let name = isOpen ? family.name : family.sampleName
        let kind = isOpen || family.kind == .counter ? family.kind : .gauge
        bytes.append(contentsOf: "# HELP \(name) ".utf8)
        // Quotes are escaped in OpenMetrics alone.
        bytes.appendEscaped(family.help, quotes: isOpen)
        bytes.append(contentsOf: "\n# TYPE \(name) \(kind.rawValue)\n".utf8)
        if isOpen, let unit = family.unit { bytes.append(contentsOf: "# UNIT \(name) \(unit)\n".utf8) }
        let first = bytes.count
        sampleName = Array(family.sampleName.utf8)
        createdName = Array((family.name + "_created").utf8)
        body(&self)
        if bytes.count == first { bytes.removeLast(first - start) }
    }

    /// A sample: `parts` of `unit`, a power of ten.
    mutating func sample(_ labels: MetricLabels, _ parts: Int64, of unit: UInt64 = 1) {
        line(sampleName, labels, parts, of: unit)
    }

    /// A sample; nothing where `value` is not known.
    mutating func sample(_ labels: MetricLabels, _ value: FixedPoint?) {
        if let value { line(sampleName, labels, value.thousandths, of: 1000) }
    }

    /// Since when the counter written just now counts; only OpenMetrics has a place for it.
    mutating func created(_ labels: MetricLabels, _ time: UnixTime?) {
        if format == .openMetrics, let time { line(createdName, labels, time.seconds, of: 1) }
    }

    /// Ends the answer.
    mutating func finish() {
        if format == .openMetrics { bytes.append(contentsOf: "# EOF\n".utf8) }
    }

    private mutating func line(_ name: [UInt8], _ labels: MetricLabels, _ parts: Int64, of unit: UInt64) {
        bytes.append(contentsOf: name)
        if !labels.bytes.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: labels.bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        bytes.append(parts, of: unit)
        bytes.append(UInt8(ascii: "\n"))
    }
}

extension [UInt8] {
    /// Appends `text` so that a line holds it.
    fileprivate mutating func appendEscaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "\n"): append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\"") where quotes: append(contentsOf: "\\\"".utf8)
            default: append(byte)
            }
        }
    }
}
