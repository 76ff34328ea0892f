internal import Basics
internal import Metering
internal import Storage

/// `GET /api/pdus/{id}/sensors`: the temperature and humidity probes of one PDU.
struct PDUSensorsEndpoint: Endpoint {
    static let dependsOnTime = true

    private let id: Int64

    /// The question about the probes of the PDU `id`.
    init(of id: Int64) {
        self.id = id
    }

    func answer(in context: Context) throws -> Answer {
        guard let status = try context.history.status(of: id) else { throw APIError.unknownPDU(id) }
        let freshness = context.moment.freshness
        let isOnline = freshness.health(of: status) == .online
        let sensors = try context.history.sensors(of: id)
        return Answer(rows: sensors) { json, sensor in
            let isPresent = isOnline && sensor.readAt.map(freshness.isFresh) ?? false
            json.member("sensor_id", sensor.id)
            json.member("number", sensor.reading.number)
            json.member("name", sensor.reading.name)
            json.member("temperature_celsius", isPresent ? sensor.reading.temperature : nil)
            json.member("humidity_percent", isPresent ? sensor.reading.humidity : nil)
            json.member("last_reading", context.text(sensor.readAt))
        }
    }
}
