// What the answers about energy and power are made of.

extension ObjectShape {
    private static let method = Property.maybe(
        "method",
        .word(["counted", "integrated", "interpolated", "corrected", "mixed"]),
        "How the energy is known."
    )
    private static let coverage = Property.maybe(
        "coverage",
        .number,
        "The share of the time that has passed for which energy is known, 0 to 1."
    )

    /// What says which range an answer is about.
    private static let range: [Property] = [
        Property("start", .time),
        Property("end", .time, "The first moment after it."),
        Property("timezone", .text),
    ]

    /// What says which element is meant; null of several together.
    private static let identity: [Property] = [
        Property.maybe("element_id", .integer),
        Property.maybe("pdu_id", .integer),
        Property.maybe("pdu", .text),
        Property.maybe("kind", kind),
        Property.maybe("number", .integer),
        Property.maybe("name", .text),
    ]

    static let bucket = ObjectShape(
        "Bucket",
        [
            Property("start", .time),
            Property("end", .time, "The first moment after it."),
            Property("partial", .flag, "The range cuts some of it off, or it is not over."),
            Property.maybe("energy_kwh", .number),
            method,
            Property.maybe("power_mean_watts", .number),
            Property.maybe("power_max_watts", .number, "The highest same-minute sum."),
            Property.maybe("power_max_at", .time),
            Property.maybe("power_min_watts", .number, "The lowest, of minutes in which the most were read."),
            Property.maybe("power_min_at", .time),
            coverage,
            Property("seconds_covered", .integer, "In which power is known."),
            Property("seconds_interpolated", .integer, "In which only the energy is known."),
            Property("members_covered", .integer, "Of how many PDUs or elements something is known."),
            Property("members_total", .integer, "Of how many something could be known."),
        ]
    )

    static let bucketRange = ObjectShape(
        "BucketRange",
        range,
        [Property("resolution", .word(Resolution.allCases.map(\.rawValue)))]
    )

    static let series = ObjectShape(
        "Series",
        identity,
        [
            Property("others", .integer, "Of the rest of many, which has no element_id: of how many it is."),
            Property("buckets", .list(.object(bucket)), "Beside those of data."),
        ]
    )

    static let statistics = ObjectShape(
        "Statistics",
        range,
        [
            Property.maybe("kwh", .number),
            Property.maybe("avg_power_watts", .number),
            Property.maybe("max_power_watts", .number),
            Property.maybe("max_power_at", .time),
            Property.maybe("min_power_watts", .number),
            Property.maybe("min_power_at", .time),
            coverage,
            Property("seconds_covered", .integer),
            method,
            Property.maybe("first_reading", .time, "Of what is added up, whatever the range."),
        ]
    )

    static let consumer = ObjectShape(
        "Consumer",
        identity,
        [
            Property.maybe("state", .word(["on", "off", "unknown"])),
            Property.maybe("bank", .integer),
            Property.maybe("phase", .integer),
            Property.maybe("now_watts", .number),
            Property.maybe("min_power_watts", .number),
            Property.maybe("avg_power_watts", .number),
            Property.maybe("max_power_watts", .number),
            Property.maybe("max_power_at", .time),
            Property.maybe("kwh", .number),
            Property.maybe("share", .number, "Of the energy of all rows, 0 to 1."),
            coverage,
            Property("metered", .flag, "False of what never measured anything."),
        ]
    )

    static let consumerRange = ObjectShape(
        "ConsumerRange",
        range,
        [Property("kind", kind)]
    )

    static let residual = ObjectShape(
        "Residual",
        [
            Property("pdu_id", .integer),
            Property.maybe("unit_kwh", .number),
            Property.maybe("parts_kwh", .number),
            Property.maybe("residual_kwh", .number, "What none of its parts accounts for."),
        ]
    )

    static let heatmap = ObjectShape(
        "Heatmap",
        range,
        [
            Property("first_day", .word(["monday"])),
            Property("avg_power", .list(.list(.number)), "Seven days of 24 hours, in watts; null: unknown."),
            Property("coverage", .list(.list(.number))),
        ]
    )

    static let readings = ObjectShape(
        "Readings",
        range,
        [
            Property("interval_seconds", .integer),
            Property("times", .list(.time)),
            Property(
                "series",
                .list(
                    .object(
                        ObjectShape(
                            "PowerSeries",
                            identity,
                            [
                                Property(
                                    "power_watts",
                                    .list(.number),
                                    "A place for each of times; null where nothing was read that counts."
                                )
                            ]
                        )
                    )
                )
            ),
        ]
    )

    static let overview = ObjectShape(
        "Overview",
        [
            Property(
                "now",
                .object(
                    ObjectShape(
                        "OverviewNow",
                        [
                            Property.maybe("watts", .number),
                            Property("members_covered", .integer),
                            Property("members_total", .integer),
                            Property.maybe("at", .time),
                            Property.maybe("trend_watts_per_hour", .number),
                            Property("sparkline_watts", .list(.number), "The last 24 hours; null: unknown."),
                        ]
                    )
                )
            ),
            Property(
                "today",
                .object(
                    ObjectShape(
                        "OverviewToday",
                        [
                            Property.maybe("kwh", .number),
                            Property.maybe("usual_kwh", .number, "By this time of the same weekday."),
                            Property("usual_days", .integer),
                            Property("start", .time),
                            Property("elapsed_seconds", .integer),
                            coverage,
                        ]
                    )
                )
            ),
            Property(
                "month",
                .object(
                    ObjectShape(
                        "OverviewMonth",
                        [
                            Property.maybe("kwh", .number),
                            Property.maybe("previous_same_part_kwh", .number),
                            Property("start", .time),
                            coverage,
                        ]
                    )
                )
            ),
            Property(
                "peak_today",
                .object(ObjectShape("Peak", [Property.maybe("watts", .number), Property.maybe("at", .time)]))
            ),
            Property.maybe(
                "fullest",
                .object(
                    ObjectShape(
                        "Load",
                        identity,
                        [
                            Property.maybe("load_percent", .number),
                            Property.maybe("current_amps", .number),
                            Property.maybe("rated_current_amps", .number),
                        ]
                    )
                ),
                "What carries the most of what it is rated for."
            ),
        ]
    )
}
