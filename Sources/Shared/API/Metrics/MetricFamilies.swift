// What /metrics tells, with its name, unit and meaning. Base units, ratios instead of per cent, names only as labels of an
// `_info`: the conventions of Prometheus (https://prometheus.io/docs/practices/naming/).

extension MetricFamily {
    // MARK: - The service

    static let build = MetricFamily("pdu_build", .info, help: "The program that answers.")
    static let collectorUp = MetricFamily(
        "pdu_collector_up",
        help: "Whether a run of pdu-poll was stored within the last 2.5 intervals."
    )
    static let lastRun = MetricFamily(
        "pdu_collector_last_run_timestamp_seconds",
        unit: "seconds",
        help: "The minute that the newest run of pdu-poll was due."
    )
    static let runDuration = MetricFamily(
        "pdu_collector_run_duration_seconds",
        unit: "seconds",
        help: "How long the newest run of pdu-poll collected."
    )
    static let interval = MetricFamily(
        "pdu_collector_interval_seconds",
        unit: "seconds",
        help: "Time between runs of pdu-poll."
    )

    // MARK: - Each PDU

    static let pdu = MetricFamily(
        "pdu",
        .info,
        help: "What a PDU says it is; serial_hash changes with its serial number."
    )
    static let isUp = MetricFamily("pdu_up", help: "Whether the newest reading is at most 2.5 intervals old.")
    static let lastSuccess = MetricFamily(
        "pdu_last_success_timestamp_seconds",
        unit: "seconds",
        help: "When the PDU was last read."
    )
    static let readingAge = MetricFamily(
        "pdu_reading_age_seconds",
        unit: "seconds",
        help: "How old the newest reading is."
    )
    static let pollDuration = MetricFamily(
        "pdu_poll_duration_seconds",
        unit: "seconds",
        help:
            "From the first request of the newest attempt to the last answer; absent where nothing answered."
    )
    static let pollErrors = MetricFamily(
        "pdu_poll_errors",
        .counter,
        help: "Runs in which reading the PDU failed, by reason."
    )
    static let coverage = MetricFamily(
        "pdu_coverage_ratio",
        unit: "ratio",
        help: "How much of the last whole hour, or the last 24, is covered by readings."
    )

    // MARK: - Each element

    static let outlet = MetricFamily(
        "pdu_outlet",
        .info,
        help: "What people call an outlet, else its device, and the groups it is in."
    )
    static let power = MetricFamily("pdu_active_power_watts", unit: "watts", help: "Active power.")
    static let powerIsEstimate = MetricFamily(
        "pdu_active_power_estimated",
        help: "1 where the active power was calculated from the current; absent where it was measured."
    )
    static let apparentPower = MetricFamily(
        "pdu_apparent_power_voltamperes",
        unit: "voltamperes",
        help: "Apparent power."
    )
    static let current = MetricFamily("pdu_current_amperes", unit: "amperes", help: "Current.")
    static let voltage = MetricFamily("pdu_voltage_volts", unit: "volts", help: "Voltage.")
    static let powerFactor = MetricFamily("pdu_power_factor_ratio", unit: "ratio", help: "Power factor.")
    static let energy = MetricFamily(
        "pdu_energy_joules",
        .counter,
        unit: "joules",
        help:
            "Energy used since the element was first read, by the ledger: it goes on where the PDU's counter begins again."
    )
    static let resets = MetricFamily(
        "pdu_energy_resets",
        .counter,
        help: "How often the PDU's own energy counter was seen to begin again."
    )
    static let load = MetricFamily(
        "pdu_load_ratio",
        unit: "ratio",
        help: "The current of the rated current, or else the power of the rated power."
    )
    static let currentLimit = MetricFamily(
        "pdu_current_limit_amperes",
        unit: "amperes",
        help: "The currents from which the PDU warns and calls it an overload, and the rated one."
    )
    static let outletState = MetricFamily(
        "pdu_outlet_state",
        .stateset,
        help: "Whether an outlet is switched on."
    )
    static let breakerState = MetricFamily(
        "pdu_breaker_state",
        .stateset,
        help: "Whether a breaker is closed."
    )

    // MARK: - Probes

    static let sensor = MetricFamily("pdu_sensor", .info, help: "What the PDU calls a probe.")
    static let temperature = MetricFamily("pdu_temperature_celsius", unit: "celsius", help: "Temperature.")
    static let humidity = MetricFamily("pdu_humidity_ratio", unit: "ratio", help: "Relative humidity.")
}
