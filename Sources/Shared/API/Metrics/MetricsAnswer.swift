// `GET /metrics`. Stale readings are absent, and so is what is not known: a 0 is a measured 0. Counters and what a device
// says of itself are no readings and stay.

internal import Basics
internal import Energy
internal import Metering
internal import Storage

/// The answer to one scrape.
struct MetricsAnswer {
    /// An element with its labels, made once for all families.
    private struct Line {
        let member: Inventory.Member
        let labels: MetricLabels
        /// The same without the kind, where the family's name says it.
        let ownLabels: MetricLabels
        /// Whether the reading still tells the present.
        let isPresent: Bool

        var kind: ElementKind { member.status.reading.element.kind }
    }

    /// A PDU with its labels and elements.
    private struct Block {
        let unit: Inventory.Unit
        let labels: MetricLabels
        let isUp: Bool
        let lines: [Line]
        /// How much of the last hour, and of the last 24, is covered; absent before it was configured.
        let coverage: [(window: String, ratio: Double?)]
    }

    private let site: Site
    private let moment: Moment
    private let inventory: Inventory
    private let settings: Settings
    private let blocks: [Block]

    /// What is known at `moment`.
    init(at moment: Moment, from history: any HistoryQueries, _ settings: Settings, _ site: Site) throws {
        self.site = site
        self.moment = moment
        self.settings = settings
        inventory = try history.inventory(moment.freshness)
        let coverage = try CoveredHours(of: inventory.units, at: moment, from: history, site)
        blocks = inventory.units.map { unit in
            MetricsAnswer.block(of: unit, moment.freshness, coverage)
        }
    }

    /// It in `format`.
    func response(in format: ExpositionFormat) -> Response {
        var writer = ExpositionWriter(format)
        writeService(to: &writer)
        writePDUs(to: &writer)
        writeNames(to: &writer)
        writeMeasurements(to: &writer)
        writeStates(to: &writer)
        writeSensors(to: &writer)
        writer.finish()
        return .metrics(writer.bytes, format)
    }

    private static func block(
        of unit: Inventory.Unit,
        _ freshness: Freshness,
        _ coverage: CoveredHours
    ) -> Block {
        let labels = MetricLabels(("pdu", unit.key))
        let isUp = freshness.health(of: unit.status) == .online
        let lines = unit.elements.map { member in
            let element = member.status.reading.element
            let number = String(element.number)
            let time = member.status.measuredAt ?? unit.status.lastReadingAt
            return Line(
                member: member,
                labels: labels.with("element", element.kind.metricName).with("id", number),
                ownLabels: labels.with("id", number),
                isPresent: isUp && time.map(freshness.isFresh) ?? false
            )
        }
        let windows = [("1h", 1), ("24h", 24)].map { name, hours in
            (window: name, ratio: coverage.ratio(of: unit.status.pdu, hours: hours))
        }
        return Block(unit: unit, labels: labels, isUp: isUp, lines: lines, coverage: windows)
    }

    // MARK: - The service and each PDU

    private func writeService(to writer: inout ExpositionWriter) {
        let none = MetricLabels()
        writer.family(.build) { $0.sample(MetricLabels(("version", site.version)), 1) }
        writer.family(.collectorUp) { $0.sample(none, moment.collector == .running ? 1 : 0) }
        writer.family(.lastRun) { writer in
            if let run = moment.newestRun { writer.sample(none, run.minute.seconds) }
        }
        writer.family(.runDuration) { writer in
            if let run = inventory.run { writer.sample(none, run.durationMilliseconds, of: 1000) }
        }
        writer.family(.interval) { $0.sample(none, moment.interval) }
    }

    private func writePDUs(to writer: inout ExpositionWriter) {
        each(.pdu, &writer) { writer, block in
            let pdu = block.unit.status.pdu
            let labels = block.labels.with("name", pdu.name).with("vendor", pdu.identity.vendor)
                .with("model", pdu.identity.model).with("firmware", pdu.identity.firmware)
                .with("serial_hash", pdu.identity.serial.map(MetricsAnswer.hash))
            writer.sample(labels, 1)
        }
        each(.isUp, &writer) { $0.sample($1.labels, $1.isUp ? 1 : 0) }
        each(.lastSuccess, &writer) { writer, block in
            if let last = block.unit.status.lastReadingAt { writer.sample(block.labels, last.seconds) }
        }
        each(.readingAge, &writer) { writer, block in
            if let last = block.unit.status.lastReadingAt {
                writer.sample(block.labels, max(0, moment.now - last))
            }
        }
        each(.pollDuration, &writer) { writer, block in
            guard let latency = block.unit.status.latencyMilliseconds else { return }
            writer.sample(block.labels, latency, of: 1000)
        }
        each(.pollErrors, &writer) { writer, block in
            // All of them, so that the first failure is a rise.
            for reason in FailureReason.allCases {
                writer.sample(block.labels.with("reason", reason.rawValue), block.unit.failures[reason] ?? 0)
            }
        }
        each(.coverage, &writer) { writer, block in
            for (window, ratio) in block.coverage {
                if let ratio { writer.sample(block.labels.with("window", window), ratio: ratio) }
            }
        }
    }

    // MARK: - Each element

    private func writeNames(to writer: inout ExpositionWriter) {
        var labels: [Int64: String] = [:]
        for label in settings.elements { labels[label.elementID] = label.label }
        var groups: [Int64: [String]] = [:]
        for group in settings.groups {
            for element in group.elementIDs { groups[element, default: []].append(group.name) }
        }
        each(.outlet, of: .outlet, &writer) { writer, line in
            let status = line.member.status
            let name = labels[status.id] ?? status.reading.name
            let group = groups[status.id]?.joined(separator: ", ")
            writer.sample(line.ownLabels.with("name", name).with("group", group), 1)
        }
    }

    private func writeMeasurements(to writer: inout ExpositionWriter) {
        present(.power, &writer) { $0.sample($1, $2.activePower) }
        present(.powerIsEstimate, &writer) { writer, labels, reading in
            if reading.powerIsEstimate, reading.activePower != nil { writer.sample(labels, 1) }
        }
        present(.apparentPower, &writer) { $0.sample($1, $2.apparentPower) }
        present(.current, &writer) { $0.sample($1, $2.current) }
        present(.voltage, &writer) { $0.sample($1, $2.voltage) }
        present(.powerFactor, &writer) { $0.sample($1, $2.powerFactor) }
        present(.load, &writer) { writer, labels, reading in
            if let load = LatestElement.load(of: reading) { writer.sample(labels, ratio: load) }
        }
        each(.energy, of: nil, &writer) { writer, line in
            guard let energy = line.member.millijoules else { return }
            writer.sample(line.labels, energy, of: 1000)
            writer.created(line.labels, line.member.firstReadAt)
        }
        each(.resets, of: nil, &writer) { writer, line in
            // Of what has no counter there is nothing to say.
            guard line.member.status.reading.energy != nil || line.member.resets > 0 else { return }
            writer.sample(line.labels, line.member.resets)
            writer.created(line.labels, line.member.firstReadAt)
        }
        each(.currentLimit, of: nil, &writer) { writer, line in
            let reading = line.member.status.reading
            writer.sample(line.labels.with("severity", "warning"), reading.warningCurrent)
            writer.sample(line.labels.with("severity", "critical"), reading.criticalCurrent)
            writer.sample(line.labels.with("severity", "rated"), reading.ratedCurrent)
        }
    }

    private func writeStates(to writer: inout ExpositionWriter) {
        for (family, kind) in [(MetricFamily.outletState, ElementKind.outlet), (.breakerState, .bank)] {
            each(family, of: kind, &writer) { writer, line in
                guard line.isPresent, let state = line.member.status.reading.state else { return }
                for one in [SwitchState.on, .off, .unknown] {
                    writer.sample(line.ownLabels.with(family.name, one.rawValue), one == state ? 1 : 0)
                }
            }
        }
    }

    private func writeSensors(to writer: inout ExpositionWriter) {
        eachSensor(.sensor, &writer) { writer, labels, sensor in
            if let name = sensor.name { writer.sample(labels.with("name", name), 1) }
        }
        eachSensor(.temperature, &writer) { $0.sample($1, $2.temperature) }
        eachSensor(.humidity, &writer) { writer, labels, sensor in
            if let humidity = sensor.humidity { writer.sample(labels, humidity.thousandths, of: 100_000) }
        }
    }

    // MARK: - Going through them

    private func each(
        _ family: MetricFamily,
        _ writer: inout ExpositionWriter,
        _ body: (inout ExpositionWriter, Block) -> Void
    ) {
        writer.family(family) { writer in
            for block in blocks { body(&writer, block) }
        }
    }

    /// The elements of `kind`, or all.
    private func each(
        _ family: MetricFamily,
        of kind: ElementKind?,
        _ writer: inout ExpositionWriter,
        _ body: (inout ExpositionWriter, Line) -> Void
    ) {
        writer.family(family) { writer in
            for block in blocks {
                for line in block.lines where kind == nil || line.kind == kind { body(&writer, line) }
            }
        }
    }

    /// What elements measure, where that still tells the present.
    private func present(
        _ family: MetricFamily,
        _ writer: inout ExpositionWriter,
        _ body: (inout ExpositionWriter, MetricLabels, ElementReading) -> Void
    ) {
        each(family, of: nil, &writer) { writer, line in
            if line.isPresent { body(&writer, line.labels, line.member.status.reading) }
        }
    }

    private func eachSensor(
        _ family: MetricFamily,
        _ writer: inout ExpositionWriter,
        _ body: (inout ExpositionWriter, MetricLabels, SensorReading) -> Void
    ) {
        writer.family(family) { writer in
            for block in blocks where block.isUp {
                for sensor in block.unit.sensors {
                    body(&writer, block.labels.with("id", String(sensor.reading.number)), sensor.reading)
                }
            }
        }
    }

    /// Tells one text from another without saying which it is: 64 bits of FNV-1a in hexadecimal.
    private static func hash(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension ElementKind {
    /// What it is called in a label.
    fileprivate var metricName: String {
        switch self {
        case .pdu: "inlet"
        case .phase: "phase"
        case .bank: "breaker"
        case .outlet: "outlet"
        }
    }
}

extension ExpositionWriter {
    /// A sample of a ratio, to the millionth.
    fileprivate mutating func sample(_ labels: MetricLabels, ratio: Double) {
        sample(labels, Int64((ratio * 1_000_000).rounded()), of: 1_000_000)
    }
}
