import Basics

/// What was measured of one element or by one sensor at one time, as it is archived.
enum ArchivedReading: Hashable {
    case element(StoredReading)
    case sensor(StoredSensorReading)

    /// When.
    var time: UnixTime {
        switch self {
        case .element(let reading): reading.time
        case .sensor(let reading): reading.time
        }
    }

    /// Of what.
    var place: ArchivePlace {
        switch self {
        case .element(let reading): .element(reading.element)
        case .sensor(let reading): .sensor(reading.sensor)
        }
    }
}

/// What one probe measured at one time, as the history keeps it.
///
/// Absent: not read.
struct StoredSensorReading: Hashable {
    var time: UnixTime
    var sensor: Int64
    /// °C.
    var temperature: FixedPoint?
    /// Per cent.
    var humidity: FixedPoint?
}

/// An element or a sensor, by its id in the database.
///
/// In order: all elements, then all sensors.
enum ArchivePlace: Hashable, Comparable {
    case element(Int64)
    case sensor(Int64)
}
