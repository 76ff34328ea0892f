// What an account of energy is made of.

extension ObjectShape {
    private static let seconds: [Property] = [
        Property("seconds_covered", .integer),
        Property("seconds_interpolated", .integer),
        Property.maybe("coverage", .number),
    ]

    private static let counterMark = ObjectShape(
        "CounterMark",
        [Property("at", .time), Property.maybe("kwh", .number)]
    )

    private static let methodPart = ObjectShape(
        "MethodPart",
        [Property("kwh", .number), Property.maybe("share", .number)]
    )

    private static let correction = ObjectShape(
        "Correction",
        [
            Property("id", .integer),
            Property("element_id", .integer),
            Property("start", .time),
            Property("end", .time),
            Property("action", .word(["exclude", "set"])),
            Property.maybe("kwh", .number),
            Property("reason", .text),
            Property("author", .text),
            Property("made_at", .time),
            Property.maybe("undone_at", .time),
            Property.maybe("undone_by", .text),
        ]
    )

    static let explanation = ObjectShape(
        "Explanation",
        [
            Property.maybe(
                "element",
                .object(
                    ObjectShape(
                        "ExplainedElement",
                        [
                            Property("id", .integer),
                            Property("pdu_id", .integer),
                            Property("pdu", .text),
                            Property("kind", kind),
                            Property("number", .integer),
                            Property.maybe("name", .text),
                        ]
                    )
                ),
                "Null of several together."
            ),
            Property("start", .time),
            Property("end", .time),
            Property("timezone", .text),
            Property.maybe("energy_kwh", .number),
            Property.maybe("method", .word(["counted", "integrated", "interpolated", "corrected", "mixed"])),
            Property(
                "methods",
                .object(
                    ObjectShape(
                        "Methods",
                        EnergyParts.Method.allCases.map { .maybe($0.rawValue, .object(methodPart)) }
                    )
                ),
                "How much of it is known in which way."
            ),
            .maybe("opening_counter", .object(counterMark), "Of one element alone, as the next seven."),
            .maybe("closing_counter", .object(counterMark)),
            Property(
                "remarks",
                .list(
                    .object(
                        ObjectShape(
                            "Remark",
                            [Property("at", .time), Property("kind", .text), Property("detail", .text)]
                        )
                    )
                )
            ),
            Property(
                "gaps",
                .list(
                    .object(
                        ObjectShape(
                            "Gap",
                            [
                                Property("start", .time),
                                Property("end", .time),
                                Property("seconds", .integer),
                                Property.maybe("kwh", .number),
                                Property("bridged", .flag),
                            ]
                        )
                    )
                )
            ),
            Property("readings", .integer),
            Property.maybe("drift_percent", .number),
            Property.maybe("compared_counted_kwh", .number),
            Property.maybe("compared_integrated_kwh", .number),
            Property(
                "members",
                .list(
                    .object(
                        ObjectShape(
                            "AccountMember",
                            [
                                Property("pdu_id", .integer),
                                Property("element_id", .integer),
                                Property("kind", kind),
                                Property("number", .integer),
                                Property("pdu", .text),
                                Property.maybe("name", .text, "Of a whole PDU, the PDU's."),
                                Property.maybe("energy_kwh", .number),
                                Property.maybe("method", .text),
                            ],
                            seconds,
                            [Property("readings", .integer)]
                        )
                    )
                ),
                "Of several together: the share of each."
            ),
            Property("members_covered", .integer),
            Property("members_total", .integer),
            Property("seconds", .integer),
        ],
        seconds,
        [
            Property("corrections", .list(.object(correction))),
            Property("events", .list(.object(event))),
            Property("sentences", .list(.text), "The account in plain English, the most important first."),
        ]
    )
}
