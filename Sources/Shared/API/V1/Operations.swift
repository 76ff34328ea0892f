// The questions of the interface's first version.

internal import Energy
internal import Metering
internal import Storage

extension Operation {
    /// All of them, in the order in which the document has them.
    static let all: [Operation] = pdus + present + past + exports + settings

    private static let tagPDUs = "PDUs and their parts"
    private static let tagPresent = "The present"
    private static let tagPast = "The past"
    private static let tagSettings = "What people set"

    // MARK: What is taken

    private static let pduIDs = Parameter(
        "pdu_ids",
        .ids,
        "These PDUs, separated by commas; every PDU without it."
    )
    private static let selection: [Parameter] = [
        pduIDs,
        Parameter("element_ids", .ids, "These elements instead: outlets, phases, banks, whole PDUs."),
        Parameter("group_ids", .ids, "The elements of these groups instead, each once."),
    ]
    private static let start = Parameter("start", .time, "The first moment.")
    private static let end = Parameter("end", .time, "The first moment after the range.")
    private static let range: [Parameter] = [
        start, end,
        Parameter(
            "period",
            .word(["hour", "day", "month"], standard: nil),
            "Instead of start and end: one of the site's calendar."
        ),
        Parameter("at", .time, "Together with period: a time in it; now without it."),
    ]
    private static let kind = ElementKind.allCases.map(\.rawValue)

    // MARK: What is answered

    private static let pdus: [Operation] = [
        Operation(
            id: "listPDUs",
            path: "/pdus",
            tag: tagPDUs,
            summary: "Every PDU that was ever configured, by id",
            content: .rows(.pdu, standard: 100, most: 1000),
            answerer: .history { _, parameters in PDUsEndpoint(parameters) }
        ),
        Operation(
            id: "getPDU",
            path: "/pdus/{id}",
            idOf: "PDU",
            tag: tagPDUs,
            summary: "One PDU: what it is, how it is, what it measures",
            content: .object(.pduDetail),
            answerer: .history { id, _ in PDUEndpoint(of: id) }
        ),
        parts("listOutlets", "outlets", .outlet),
        parts("listPhases", "phases", .phase),
        parts("listBanks", "banks", .bank),
        Operation(
            id: "listSensors",
            path: "/pdus/{id}/sensors",
            idOf: "PDU",
            tag: tagPDUs,
            summary: "Its temperature and humidity probes",
            content: .rows(.sensor, standard: 100, most: 1000),
            answerer: .history { id, _ in PDUSensorsEndpoint(of: id) }
        ),
        Operation(
            id: "getPolls",
            path: "/pdus/{id}/polls",
            idOf: "PDU",
            tag: tagPDUs,
            summary: "How reading it went in the last 24 hours",
            content: .object(.polls),
            answerer: .history { id, _ in PDUPollsEndpoint(of: id) }
        ),
        Operation(
            id: "listElements",
            path: "/elements",
            tag: tagPDUs,
            summary: "Whole units, phases, banks and outlets, with what they measure now",
            ownParameters: [
                pduIDs, Parameter("kind", .word(kind, standard: nil), "Only these; all without it."),
            ],
            content: .rows(.element, standard: ElementsEndpoint.usual, most: ElementsEndpoint.most),
            pagesItself: true,
            answerer: .history { _, parameters in try ElementsEndpoint(parameters) }
        ),
        Operation(
            id: "getElement",
            path: "/elements/{id}",
            idOf: "element",
            tag: tagPDUs,
            summary: "One of them",
            content: .object(.element),
            answerer: .history { id, _ in ElementEndpoint(of: id) }
        ),
    ]

    private static func parts(_ id: String, _ name: String, _ kind: ElementKind) -> Operation {
        Operation(
            id: id,
            path: "/pdus/{id}/\(name)",
            idOf: "PDU",
            tag: tagPDUs,
            summary: "Its \(name), in the order of their numbers",
            content: .rows(.part, standard: 100, most: 1000),
            answerer: .history { id, _ in PDUPartsEndpoint(kind, of: id) }
        )
    }

    private static let present: [Operation] = [
        Operation(
            id: "getSite",
            path: "/site",
            tag: tagPresent,
            summary: "The place, its clock, and how the collector is",
            content: .object(.site),
            answerer: .history { _, _ in SiteEndpoint() }
        ),
        Operation(
            id: "listCurrent",
            path: "/current",
            tag: tagPresent,
            summary: "What each configured PDU draws now, and why not where it does not",
            content: .rows(.current, standard: 100, most: 1000),
            answerer: .history { _, _ in CurrentEndpoint() }
        ),
        Operation(
            id: "getOverview",
            path: "/overview",
            tag: tagPresent,
            summary: "Now, today and this month, and what is usual",
            ownParameters: selection,
            content: .object(.overview),
            answerer: .history { _, parameters in try OverviewEndpoint(parameters) }
        ),
    ]

    private static let past: [Operation] = [
        Operation(
            id: "listHistory",
            path: "/history",
            tag: tagPast,
            summary: "Energy and power over any range, bucket by bucket",
            description: """
                The last 24 hours where no range is given, ten years at the most, and \(HistorySeries.mostPoints) \
                buckets. Hours, days and months are those of the site's calendar; minutes and quarters of an hour are \
                made of readings.
                """,
            ownParameters: selection + range + [
                Parameter(
                    "resolution",
                    .word(["auto"] + Resolution.allCases.map(\.rawValue), standard: "auto"),
                    """
                    How long buckets are; auto: months for more than 92 days, days for more than 3, hours for more than \
                    6 hours, else minutes.
                    """
                ),
                Parameter("each", .flag, "Also one by one: series, of 40 at the most and the rest."),
            ],
            content: .rows(.bucket, standard: BucketsEndpoint.usual, most: BucketsEndpoint.most),
            beside: [
                Property("range", .object(.bucketRange)),
                Property("series", .list(.object(.series)), "Only with each=true."),
            ],
            pagesItself: true,
            hasLimit: true,
            answerer: .history { _, parameters in try BucketsEndpoint(parameters) }
        ),
        Operation(
            id: "getStatistics",
            path: "/statistics",
            tag: tagPast,
            summary: "Any range in a few numbers",
            ownParameters: selection + range,
            content: .object(.statistics),
            hasLimit: true,
            answerer: .history { _, parameters in try RangeStatisticsEndpoint(parameters) }
        ),
        Operation(
            id: "listConsumers",
            path: "/consumers",
            tag: tagPast,
            summary: "Who used how much, element by element",
            ownParameters: selection + range + [
                Parameter("kind", .word(kind, standard: "pdu"), "Which elements.")
            ],
            content: .rows(.consumer, standard: 100, most: 1000),
            beside: [
                Property("range", .object(.consumerRange)),
                Property("residual", .list(.object(.residual))),
            ],
            hasLimit: true,
            answerer: .history { _, parameters in try ConsumerRowsEndpoint(parameters) }
        ),
        Operation(
            id: "getHeatmap",
            path: "/heatmap",
            tag: tagPast,
            summary: "The mean power at each hour of each weekday",
            description: "The last 28 days where no range is given, 400 days at the most.",
            ownParameters: selection + range,
            content: .object(.heatmap),
            hasLimit: true,
            answerer: .history { _, parameters in try HeatmapEndpoint(parameters) }
        ),
        Operation(
            id: "getReadings",
            path: "/readings",
            tag: tagPast,
            summary: "What was drawn, reading by reading",
            description:
                "The last 24 hours where no range is given; \(ReadingsEndpoint.most) points at the most.",
            ownParameters: selection + range,
            content: .object(.readings),
            hasLimit: true,
            answerer: .history { _, parameters in try ReadingsEndpoint(parameters) }
        ),
        Operation(
            id: "explain",
            path: "/explanation",
            tag: tagPast,
            summary: "Why an energy is the number it is",
            description:
                "Today where no range is given, 400 days at the most. Without an element, of what the others name together.",
            ownParameters: [Parameter("element", .element, "An element's id, or PDU/kind/number.")]
                + selection
                + range,
            content: .object(.explanation),
            answerer: .history { _, parameters in
                try ExplainEndpoint(parameters, otherwise: .bucket(.day, holding: nil))
            }
        ),
        Operation(
            id: "listEvents",
            path: "/events",
            tag: tagPast,
            summary: "What happened, the newest first",
            ownParameters: selection + [start, end],
            content: .rows(.event, standard: Int64(EventsEndpoint.usual), most: Int64(EventsEndpoint.most)),
            pagesItself: true,
            answerer: .history { _, parameters in try EventsEndpoint(paged: parameters) }
        ),
    ]

    private static let exports: [Operation] = [export(.csv), export(.json)]

    private static func export(_ format: ExportFormat) -> Operation {
        Operation(
            id: format == .csv ? "exportCSV" : "exportJSON",
            path: "/export.\(format.rawValue)",
            tag: tagPast,
            summary: "A file of any range, a row for each bucket and element",
            description: """
                Made while it is sent, so that its length has no limit but that of the range, ten years. Rows are in the \
                order of time, then of elements, from the first reading up to now; what is unknown is empty. A transfer \
                that breaks off is not whole.
                """,
            ownParameters: selection + range + [
                Parameter(
                    "resolution",
                    .word(Resolution.allCases.map(\.rawValue), standard: "hour"),
                    "How long buckets are."
                ),
                Parameter(
                    "kind",
                    .word(kind, standard: nil),
                    "Which parts of the PDUs; whole units without it."
                ),
            ],
            content: .file(ExportColumn.shape, format),
            hasLimit: true,
            answerer: .export(format)
        )
    }

    private static let settings: [Operation] = [
        Operation(
            id: "listGroups",
            path: "/groups",
            tag: tagSettings,
            summary: "Groups of elements, by name",
            content: .rows(.group, standard: 100, most: 1000),
            answerer: .settings { settings, _ in
                Answer(rows: settings.groups) { json, group in json.write(group) }
            }
        ),
        Operation(
            id: "getSettings",
            path: "/settings",
            tag: tagSettings,
            summary: "Groups, labels, notes and colours",
            description: "How they are changed is in docs/api.md.",
            content: .object(.settings),
            answerer: .settings { settings, mayWrite in SettingsAnswer.answer(settings, mayWrite: mayWrite) }
        ),
    ]
}
