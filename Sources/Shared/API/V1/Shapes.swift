// What the answers about PDUs, their parts and the present are made of.

internal import Metering

extension ObjectShape {
    private static let health = Shape.word(["online", "offline", "stale"])

    /// What every PDU has.
    private static let pduProperties: [Property] = [
        Property("id", .integer),
        Property("name", .text),
        Property.maybe("ip", .text, "The address without a port."),
        Property("address", .text, "As the configuration writes it."),
        Property.maybe("host_id", .integer, "Of a linked unit: the PDU through whose address it is read."),
        Property.maybe("unit", .integer, "Of a linked unit: its number behind that address."),
        Property("configured", .flag, "Whether it is still read."),
        Property.maybe("vendor", .text),
        Property.maybe("model", .text),
        Property.maybe("firmware", .text),
        Property.maybe("device_name", .text, "The name set on the device."),
        Property.maybe("profile", .text, "How it is read."),
        Property("created_at", .time),
    ]

    /// What is measured of any element.
    private static let measurements: [Property] = [
        Property.maybe("power_watts", .number),
        Property("power_is_estimate", .flag, "The power was calculated from the current."),
        Property.maybe("apparent_power_va", .number),
        Property.maybe("current_amps", .number),
        Property.maybe("voltage_volts", .number),
        Property.maybe("power_factor", .number),
        Property.maybe("energy_kwh", .number, "The device's own counter."),
        Property.maybe("energy_since", .text, "Since when it counts, in the device's words."),
        Property.maybe("rated_current_amps", .number),
        Property.maybe("rated_power_watts", .number),
    ]

    private static let hourlyWatts = Property(
        "hourly_watts",
        .list(.number),
        "The mean power of the last 24 hours, oldest first; null where it is unknown."
    )
    private static let loadPercent = Property.maybe("load_percent", .number, "Of what it is rated for.")

    static let pdu = ObjectShape("PDU", pduProperties)

    static let pduDetail = ObjectShape(
        "PDUDetail",
        pduProperties,
        [
            Property.maybe("serial", .text),
            Property.maybe(
                "element_id",
                .integer,
                "Its own id as an element; null before its first reading."
            ),
            Property("status", health),
            Property.maybe("failure", .text, "Why the newest attempt failed."),
            Property.maybe("failure_detail", .text),
            Property.maybe("last_reading", .time),
            Property.maybe("last_attempt", .time),
            Property.maybe("latency_ms", .integer),
            Property("linked_ids", .list(.integer), "The PDUs that are read through its address."),
        ],
        measurements,
        [
            loadPercent, hourlyWatts,
            Property(
                "counts",
                .object(
                    ObjectShape(
                        "Counts",
                        ["phases", "banks", "outlets", "sensors"].map { Property($0, .integer) }
                    )
                )
            ),
        ]
    )

    /// What every part has, in the order in which it is written.
    private static let partProperties: [[Property]] = [
        [
            Property("element_id", .integer),
            Property("number", .integer, "Among its kind, as printed on the unit; 0 of a whole PDU."),
            Property.maybe("name", .text, "The device's name for it."),
            Property.maybe("state", .word(["on", "off", "unknown"]), "Null where nothing can be switched."),
            Property.maybe("state_since", .time),
        ],
        measurements,
        [
            Property.maybe("warning_current_amps", .number),
            Property.maybe("critical_current_amps", .number),
            loadPercent,
            Property.maybe("bank", .integer, "The number of the bank that feeds it."),
            Property.maybe("phase", .integer, "The number of the phase that feeds it."),
            Property.maybe("last_reading", .time),
            hourlyWatts,
        ],
    ]

    static let part = ObjectShape("Part", partProperties.flatMap { $0 })

    static let element = ObjectShape(
        "Element",
        [
            Property("pdu_id", .integer),
            Property("pdu", .text, "Its PDU's name."),
            Property("kind", kind),
        ],
        partProperties.flatMap { $0 }
    )

    static let sensor = ObjectShape(
        "Sensor",
        [
            Property("sensor_id", .integer),
            Property("number", .integer),
            Property.maybe("name", .text),
            Property.maybe("temperature_celsius", .number),
            Property.maybe("humidity_percent", .number),
            Property.maybe("last_reading", .time),
        ]
    )

    static let polls = ObjectShape(
        "Polls",
        [
            Property("start", .time),
            Property("end", .time),
            Property(
                "slots",
                .list(
                    .object(
                        ObjectShape(
                            "PollSlot",
                            [
                                Property("start", .time),
                                Property("end", .time),
                                Property("polls", .integer, "0 where nobody tried."),
                                Property("failures", .integer),
                                Property.maybe("worst_reason", .text),
                                Property.maybe("latency_ms_mean", .integer),
                                Property.maybe("latency_ms_max", .integer),
                            ]
                        )
                    )
                ),
                "Quarters of an hour."
            ),
        ]
    )

    static let current = ObjectShape(
        "Current",
        [
            Property("id", .integer, "The PDU's."),
            Property("name", .text),
            Property.maybe("ip", .text),
            Property("address", .text),
            Property.maybe("current_power_watts", .number),
            Property.maybe("current_power_kw", .number),
            Property.maybe("last_reading", .time),
            Property("status", health),
            Property.maybe("age_seconds", .integer),
            Property.maybe("stale_after", .time),
            Property("power_is_estimate", .flag),
            Property.maybe("last_attempt", .time),
            Property.maybe("failure", .text),
            Property.maybe("failure_detail", .text),
            Property("configured", .flag),
        ]
    )

    static let site = ObjectShape(
        "Site",
        [
            Property("site_name", .text),
            Property("timezone", .text, "Of every day, hour and offset in the answers."),
            Property("timezone_abbreviation", .text),
            Property("server_time", .time),
            Property.maybe("newest_run", .time),
            Property("poll_interval", .integer, "Seconds."),
            Property("collector", .word(["running", "stopped", "never"])),
            Property("version", .text),
        ]
    )

    static let event = ObjectShape(
        "Event",
        [
            Property("id", .integer),
            Property("at", .time),
            Property.maybe("pdu_id", .integer),
            Property.maybe("element_id", .integer),
            Property("kind", .text),
            Property("detail", .text),
        ]
    )

    static let group = ObjectShape(
        "Group",
        [
            Property("id", .integer),
            Property("name", .text),
            Property.maybe("colour", .text),
            Property.maybe("description", .text),
            Property("element_ids", .list(.integer)),
        ]
    )

    static let settings = ObjectShape(
        "Settings",
        [
            Property("may_write", .flag, "Whether whoever asks may change them."),
            Property("revision", .integer),
            Property("groups", .list(.object(group))),
            Property(
                "elements",
                .list(
                    .object(
                        ObjectShape(
                            "Label",
                            [
                                Property("element_id", .integer),
                                Property.maybe("label", .text),
                                Property.maybe("note", .text),
                                Property.maybe("colour", .text),
                            ]
                        )
                    )
                ),
                "What was said of elements."
            ),
            Property("problem", .text, "Only there where settings cannot be read or kept: why."),
        ]
    )

    /// The kinds of elements.
    static let kind = Shape.word(ElementKind.allCases.map(\.rawValue))
}
