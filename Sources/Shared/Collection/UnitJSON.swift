// One PDU in the output of `--json`, and each unit that is read through its address. pdu-poll and pductl print the same.

package import Basics
package import Devices
import MIB
package import Metering

extension JSONWriter {
    /// The objects of a PDU and of the units that are linked to it, with `origins`, where those are to be told.
    package mutating func units(
        of outcome: PollOutcome,
        name: String,
        address: String?,
        latencyMilliseconds: Int64?,
        origins: [ValueOrigin]?
    ) {
        object { json in
            json.member("name", name)
            json.member("address", address)
            json.outcome(outcome, latencyMilliseconds: latencyMilliseconds, Origins(origins, unit: nil))
        }
        guard case .read(let reading) = outcome else { return }
        for unit in reading.linkedUnits {
            object { json in
                json.member("name", "\(name) unit \(unit.number)")
                json.member("address", address)
                json.member("host", name)
                json.member("unit", unit.number)
                let own = Origins(origins, unit: unit.number)
                json.outcome(.read(unit.reading), latencyMilliseconds: latencyMilliseconds, own)
            }
        }
    }

    /// The members of a PDU's object from `status` on.
    package mutating func outcome(_ outcome: PollOutcome, latencyMilliseconds: Int64?) {
        self.outcome(outcome, latencyMilliseconds: latencyMilliseconds, Origins(nil, unit: nil))
    }

    private mutating func outcome(_ outcome: PollOutcome, latencyMilliseconds: Int64?, _ origins: Origins) {
        switch outcome {
        case .read(let reading):
            member("status", "ok")
            member("reason") { $0.null() }
            member("detail") { $0.null() }
            member("latency_ms", latencyMilliseconds)
            member("profile", reading.profile)
            identity(reading.identity)
            member("readings") { $0.array { json in reading.elements.forEach { json.element($0, origins) } } }
            member("sensors") { $0.array { json in reading.sensors.forEach { json.sensor($0, origins) } } }
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

    private mutating func element(_ reading: ElementReading, _ origins: Origins) {
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
            json.member("rated_power_watts", reading.ratedPower)
            json.member("warning_current_amps", reading.warningCurrent)
            json.member("critical_current_amps", reading.criticalCurrent)
            json.member("bank", reading.bank.map(Int64.init))
            json.member("phase", reading.phase.map(Int64.init))
            json.member("state", reading.state?.rawValue)
            json.origins(origins.of(.element(reading.element)))
        }
    }

    private mutating func sensor(_ reading: SensorReading, _ origins: Origins) {
        object { json in
            json.member("number", reading.number)
            json.member("name", reading.name)
            json.member("temperature_celsius", reading.temperature)
            json.member("humidity_percent", reading.humidity)
            json.origins(origins.of(.sensor(reading.number)))
        }
    }

    /// The member `oids`: by the name of each value, the objects it came from.
    private mutating func origins(_ origins: [ValueOrigin]?) {
        guard let origins else { return }
        member("oids") { json in
            json.object { json in
                for origin in origins {
                    json.member(memberNames[origin.quantity] ?? origin.quantity) { json in
                        json.array { json in origin.objects.forEach { json.value($0.description) } }
                    }
                }
            }
        }
    }
}

/// Where the values of one unit came from.
private struct Origins {
    private let places: [ValueOrigin.Place: [ValueOrigin]]?

    /// Of `all`, those of `unit`; without any, nobody asked.
    init(_ all: [ValueOrigin]?, unit: Int?) {
        places = all.map { all in
            Dictionary(
                grouping: all.filter { $0.unit == unit }.sorted { $0.quantity < $1.quantity },
                by: \.place
            )
        }
    }

    /// Where the values at `place` came from; nil when nobody asked.
    func of(_ place: ValueOrigin.Place) -> [ValueOrigin]? {
        places.map { $0[place] ?? [] }
    }
}

/// The names of values here, by the profile language's words, where they are others.
private let memberNames = [
    "power": "power_watts",
    "apparent_power": "apparent_power_va",
    "current": "current_amps",
    "voltage": "voltage_volts",
    "energy": "energy_kwh",
    "rated_current": "rated_current_amps",
    "rated_power": "rated_power_watts",
    "warning_current": "warning_current_amps",
    "critical_current": "critical_current_amps",
    "temperature": "temperature_celsius",
    "humidity": "humidity_percent",
]
