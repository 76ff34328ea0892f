package import Basics
package import Metering

/// The latest that is known of one element.
package struct ElementStatus: Equatable, Sendable {
    package var id: Int64
    /// What was measured last, with what its device said of it last.
    package var reading: ElementReading
    /// When that was measured; absent for what never measured anything, such as an outlet that is only switched.
    package var measuredAt: UnixTime?
    /// When it took the state that it has; absent when that is not known, since it was never seen in another.
    package var stateSince: UnixTime?

    /// A status of these parts.
    package init(
        id: Int64,
        reading: ElementReading,
        measuredAt: UnixTime?,
        stateSince: UnixTime? = nil
    ) {
        self.id = id
        self.reading = reading
        self.measuredAt = measuredAt
        self.stateSince = stateSince
    }
}

/// The latest that is known of one probe.
package struct SensorStatus: Equatable, Sendable {
    package var id: Int64
    package var reading: SensorReading
    /// When that was read; absent when it was not within the hour before its PDU's newest reading.
    package var readAt: UnixTime?

    /// A status of these parts.
    package init(id: Int64, reading: SensorReading, readAt: UnixTime?) {
        self.id = id
        self.reading = reading
        self.readAt = readAt
    }
}
