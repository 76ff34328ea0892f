internal import Basics
internal import Energy
internal import Metering
internal import Storage

/// A PDU with its elements, as they are at the moment of a question.
struct LatestPDU {
    let status: PDUStatus
    let health: Health
    /// Its elements, each kind in the order of its numbers.
    let elements: [ElementStatus]
    private let context: Context

    /// The PDU `id`; throws 404 where there is none.
    init(_ id: Int64, in context: Context) throws {
        guard let status = try context.history.status(of: id) else { throw APIError.unknownPDU(id) }
        try self.init(status, in: context)
    }

    /// The PDU with the status `status`.
    init(_ status: PDUStatus, in context: Context) throws {
        self.status = status
        self.context = context
        health = context.moment.freshness.health(of: status)
        elements = try context.history.elements(of: status.pdu.id)
    }

    /// How many elements of `kind` it has.
    func count(of kind: ElementKind) -> Int {
        elements.count { $0.reading.element.kind == kind }
    }

    /// Its elements of `kind`, in the order of their numbers.
    func latest(of kind: ElementKind) throws -> [LatestElement] {
        let elements = elements.filter { $0.reading.element.kind == kind }
        guard !elements.isEmpty else { return [] }
        let hours = context.site.calendar.buckets(.hour, count: 24, endingWith: context.moment.now)
        let rollups = try context.history.rollups(of: elements.map(\.id), in: hours)
        return elements.map { element in
            let lastReading = element.measuredAt ?? status.lastReadingAt
            return LatestElement(
                id: element.id,
                reading: element.reading,
                lastReading: lastReading,
                isPresent: isPresent(lastReading),
                stateSince: element.stateSince,
                hourlyWatts: rollups.map { $0[element.id]?.meanWatts }
            )
        }
    }

    /// Whether what was read at `time` still tells the present: a part may be missing from what its PDU says.
    func isPresent(_ time: UnixTime?) -> Bool {
        health == .online && time.map(context.moment.freshness.isFresh) ?? false
    }
}

/// An element, ready to be written.
struct LatestElement {
    let id: Int64
    let reading: ElementReading
    let lastReading: UnixTime?
    /// Whether the reading still tells the present.
    let isPresent: Bool
    let stateSince: UnixTime?
    /// The mean power of each hour in watts, oldest first.
    let hourlyWatts: [Double?]

    /// How much of what it is rated for it carries, in per cent to the tenth; absent when that cannot be told.
    var loadPercent: FixedPoint? {
        isPresent ? LatestElement.loadPercent(of: reading) : nil
    }

    /// How much of what it is rated for an element carries by `reading`, in per cent to the tenth; absent when that
    /// cannot be told.
    static func loadPercent(of reading: ElementReading) -> FixedPoint? {
        load(of: reading).flatMap { FixedPoint(($0 * 1000).rounded() / 10) }
    }

    /// The same as a ratio.
    static func load(of reading: ElementReading) -> Double? {
        ratio(reading.current, of: reading.ratedCurrent) ?? ratio(reading.activePower, of: reading.ratedPower)
    }

    private static func ratio(_ part: FixedPoint?, of whole: FixedPoint?) -> Double? {
        guard let part, let whole, whole.thousandths > 0 else { return nil }
        return part.doubleValue / whole.doubleValue
    }
}

extension JSONWriter {
    /// The members that tell what `element` measures.
    mutating func writeMeasurements(of element: LatestElement) {
        let now = element.isPresent ? element.reading : ElementReading(element.reading.element)
        member("power_watts", now.activePower)
        member("power_is_estimate", now.activePower != nil && now.powerIsEstimate)
        member("apparent_power_va", now.apparentPower)
        member("current_amps", now.current)
        member("voltage_volts", now.voltage)
        member("power_factor", now.powerFactor)
        member("energy_kwh", inThousands: now.energy)
        member("energy_since", element.reading.energySince)
    }

    /// The member with the mean power of the hours.
    mutating func writeHours(of element: LatestElement) {
        column("hourly_watts", element.hourlyWatts) { $0.value($1.flatMap { FixedPoint($0) }) }
    }
}
