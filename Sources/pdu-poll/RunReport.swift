import Basics
import Collection
import Metering

/// What a run found, for people and for programs.
struct RunReport {
    let startedAt: UnixTime
    let durationMilliseconds: Int64
    let pdus: [CollectedPDU]
    /// Whether the database was damaged, and had to be moved aside before this run could be stored.
    var foundDamage = false

    /// PDUs that could not be read.
    var failedCount: Int {
        pdus.count { pdu in
            if case .failed = pdu.outcome { true } else { false }
        }
    }

    /// Readings of elements.
    var readingCount: Int {
        pdus.reduce(0) { count, pdu in
            guard case .read(let reading) = pdu.outcome else { return count }
            return count + reading.elements.count
        }
    }

    /// The object of `--json`, with a newline at its end.
    var json: String {
        runJSON(startedAt: startedAt, durationMilliseconds: durationMilliseconds) { json in
            for pdu in pdus {
                json.object { json in
                    json.member("name", pdu.configuration.name)
                    json.member("address", pdu.configuration.address)
                    json.outcome(pdu.outcome, latencyMilliseconds: pdu.latencyMilliseconds)
                }
            }
        }
    }
}

/// The object of `--json` around what `body` writes as `pdus`.
func runJSON(
    startedAt: UnixTime,
    durationMilliseconds: Int64,
    _ body: (inout JSONWriter) -> Void
) -> String {
    var json = JSONWriter()
    json.object { json in
        json.member("started", startedAt.iso8601)
        json.member("duration_ms", durationMilliseconds)
        json.member("pdus") { $0.array(body) }
    }
    return json.text + "\n"
}

extension JSONWriter {
    /// The members of a PDU's object from `status` on.
    mutating func outcome(_ outcome: PollOutcome, latencyMilliseconds: Int64?) {
        switch outcome {
        case .read(let reading):
            member("status", "ok")
            member("reason") { $0.null() }
            member("detail") { $0.null() }
            member("latency_ms", latencyMilliseconds)
            member("profile", reading.profile)
            identity(reading.identity)
            member("readings") { $0.array { json in reading.elements.forEach { json.element($0) } } }
            member("sensors") { $0.array { json in reading.sensors.forEach { json.sensor($0) } } }
        case .failed(let reason, let sentence):
            member("status", "failed")
            member("reason", reason.rawValue)
            member("detail", sentence)
            member("latency_ms", latencyMilliseconds)
            member("readings") { $0.array { _ in } }
            member("sensors") { $0.array { _ in } }
        }
    }

    private mutating func identity(_ identity: DeviceIdentity) {
        member("identity") { json in
            json.object { json in
                json.member("vendor", identity.vendor)
                json.member("model", identity.model)
                json.member("serial", identity.serial)
                json.member("firmware", identity.firmware)
                json.member("name", identity.name)
            }
        }
    }

    private mutating func element(_ reading: ElementReading) {
        object { json in
            json.member("element", reading.element.kind.rawValue)
            json.member("number", reading.element.number)
            json.member("name", reading.name)
            json.member("power_watts", reading.activePower)
            json.member("power_is_estimate", reading.powerIsEstimate)
            json.member("apparent_power_va", reading.apparentPower)
            json.member("current_amps", reading.current)
            json.member("voltage_volts", reading.voltage)
            json.member("power_factor", reading.powerFactor)
            json.member("energy_kwh", inThousands: reading.energy)
            json.member("energy_since", reading.energySince)
            json.member("rated_current_amps", reading.ratedCurrent)
            json.member("state", reading.state?.rawValue)
        }
    }

    private mutating func sensor(_ reading: SensorReading) {
        object { json in
            json.member("number", reading.number)
            json.member("name", reading.name)
            json.member("temperature_celsius", reading.temperature)
            json.member("humidity_percent", reading.humidity)
        }
    }
}
