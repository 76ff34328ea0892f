import Basics
import Energy
import Metering
import Storage
import Testing

@testable import API

@Suite("The metrics")
struct MetricsTests {
    /// A PDU that was read half a minute ago, with an outlet, and one that does not answer.
    private func asking() throws -> Asking {
        let asking = try Asking()
        let minute = moment("2024-01-31T14:05:00Z")
        asking.history.run = RunRecord(minute: minute, interval: 60, pdusRead: 1, pdusFailed: 1)
        var outlet = ElementReading(Element(.outlet, 7))
        outlet.name = "we\"b\\\n1"
        outlet.state = .on
        outlet.activePower = FixedPoint(thousandths: 91_500)
        outlet.powerIsEstimate = true
        outlet.current = FixedPoint(4)
        outlet.ratedCurrent = FixedPoint(10)
        outlet.warningCurrent = FixedPoint(8)
        var unit = ElementReading(.wholePDU)
        unit.activePower = FixedPoint(0)
        unit.energy = FixedPoint(5)
        unit.powerFactor = FixedPoint(thousandths: 950)
        let members = [
            Inventory.Member(
                status: ElementStatus(id: 1_000_000, reading: outlet, measuredAt: minute),
                millijoules: nil,
                firstReadAt: minute
            ),
            Inventory.Member(
                status: ElementStatus(id: 1, reading: unit, measuredAt: minute),
                millijoules: 1_234_500,
                firstReadAt: minute - 3600,
                resets: 2
            ),
        ]
        var probe = SensorReading(number: 1)
        probe.temperature = FixedPoint(thousandths: -2500)
        probe.humidity = FixedPoint(thousandths: 41_500)
        asking.history.stock = Inventory(
            units: [
                Inventory.Unit(
                    status: status(1, "Left", readAt: minute, failure: nil),
                    key: "a\"1",
                    elements: members,
                    sensors: [SensorStatus(id: 1, reading: probe, readAt: minute)],
                    failures: [.timeout: 3]
                ),
                Inventory.Unit(
                    status: status(2, "Right", readAt: minute - 300, failure: .timeout),
                    key: "b2",
                    elements: [members[0]]
                ),
            ],
            run: Inventory.Run(startedAt: minute, durationMilliseconds: 812)
        )
        asking.settings.kept.groups = [
            ElementGroup(id: 1, name: "Rack 1", colour: nil, description: nil, elementIDs: [1_000_000])
        ]
        return asking
    }

    private func status(_ id: Int64, _ name: String, readAt: UnixTime, failure: FailureReason?) -> PDUStatus {
        var identity = DeviceIdentity()
        identity.vendor = "APC"
        identity.serial = "SECRET0001"
        return PDUStatus(
            pdu: PDURecord(
                id: id,
                name: name,
                address: "192.0.2.1",
                host: "192.0.2.1",
                createdAt: UnixTime(0),
                isConfigured: true,
                identity: identity,
                profile: nil
            ),
            power: nil,
            powerIsEstimate: false,
            lastReadingAt: readAt,
            lastAttemptAt: moment("2024-01-31T14:05:00Z"),
            failure: failure,
            failureDetail: nil,
            latencyMilliseconds: failure == nil ? 12 : nil
        )
    }

    private func scrape(_ asking: Asking, accept: String? = nil) -> Response {
        var request = Request(path: "/metrics")
        request.accept = accept
        return asking.router.answer(request, at: asking.now, from: asking.history, asking.settings)
    }

    private static let openMetrics = "application/openmetrics-text; version=1.0.0"

    @Test("have units, types and escaped labels, and end as OpenMetrics does")
    func open() throws {
        let response = scrape(try asking(), accept: Self.openMetrics)
        let lines = response.text.split(separator: "\n", omittingEmptySubsequences: false)

        #expect(
            response.field("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        )
        for line in [
            "# TYPE pdu info", "# TYPE pdu_energy_joules counter", "# UNIT pdu_energy_joules joules",
            #"pdu_energy_joules_total{pdu="a\"1",element="inlet",id="0"} 1234.5"#,
            #"pdu_energy_joules_created{pdu="a\"1",element="inlet",id="0"} 1706706300"#,
            #"pdu_energy_resets_total{pdu="a\"1",element="inlet",id="0"} 2"#,
            #"pdu_active_power_watts{pdu="a\"1",element="inlet",id="0"} 0"#,
            #"pdu_active_power_watts{pdu="a\"1",element="outlet",id="7"} 91.5"#,
            #"pdu_active_power_estimated{pdu="a\"1",element="outlet",id="7"} 1"#,
            #"pdu_power_factor_ratio{pdu="a\"1",element="inlet",id="0"} 0.95"#,
            #"pdu_load_ratio{pdu="a\"1",element="outlet",id="7"} 0.4"#,
            #"pdu_current_limit_amperes{pdu="a\"1",element="outlet",id="7",severity="warning"} 8"#,
            #"pdu_current_limit_amperes{pdu="b2",element="outlet",id="7",severity="rated"} 10"#,
            #"pdu_outlet_info{pdu="a\"1",id="7",name="we\"b\\\n1",group="Rack 1"} 1"#,
            "# TYPE pdu_outlet_state stateset",
            #"pdu_outlet_state{pdu="a\"1",id="7",pdu_outlet_state="on"} 1"#,
            #"pdu_outlet_state{pdu="a\"1",id="7",pdu_outlet_state="off"} 0"#,
            #"pdu_temperature_celsius{pdu="a\"1",id="1"} -2.5"#,
            #"pdu_humidity_ratio{pdu="a\"1",id="1"} 0.415"#, #"pdu_up{pdu="b2"} 0"#,
            #"pdu_reading_age_seconds{pdu="b2"} 330"#, #"pdu_poll_duration_seconds{pdu="a\"1"} 0.012"#,
            #"pdu_poll_errors_total{pdu="a\"1",reason="timeout"} 3"#,
            #"pdu_poll_errors_total{pdu="b2",reason="deadline"} 0"#,
            "pdu_collector_run_duration_seconds 0.812",
            "pdu_collector_last_run_timestamp_seconds 1706709900", "pdu_collector_up 1",
            #"pdu_build_info{version="1.2.3"} 1"#,
        ] {
            #expect(lines.contains(Substring(line)), "\(line)")
        }
        #expect(lines.suffix(2) == ["# EOF", ""])
        #expect(!response.text.contains("SECRET0001"))
    }

    @Test("are absent where nothing is known or nothing is fresh, not 0")
    func absent() throws {
        let text = scrape(try asking(), accept: Self.openMetrics).text

        #expect(!text.contains("pdu_active_power_watts{pdu=\"b2\""))
        #expect(!text.contains("pdu_outlet_state{pdu=\"b2\""))
        #expect(!text.contains("pdu_energy_joules_total{pdu=\"a\\\"1\",element=\"outlet\""))
        #expect(!text.contains("pdu_poll_duration_seconds{pdu=\"b2\""))
        // No sample, so no family either.
        #expect(!text.contains("pdu_voltage_volts"))
        #expect(!text.contains("pdu_breaker_state"))
    }

    @Test("are what Prometheus took before OpenMetrics, for everybody else")
    func text() throws {
        let response = scrape(try asking())

        #expect(response.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        for line in [
            "# TYPE pdu_energy_joules_total counter", "# TYPE pdu_info gauge",
            "# TYPE pdu_outlet_state gauge",
        ] {
            #expect(response.text.contains(line + "\n"))
        }
        for word in ["# UNIT", "_created", "# EOF", "stateset"] { #expect(!response.text.contains(word)) }
    }

    @Test("tell of a collector that has stopped, or never ran")
    func collector() throws {
        var stopped = try asking()
        stopped.now = stopped.now + 600
        #expect(scrape(stopped).text.contains("\npdu_collector_up 0\n"))

        let never = scrape(try Asking()).text
        #expect(never.contains("\npdu_collector_up 0\n"))
        #expect(!never.contains("pdu_collector_last_run"))
    }

    @Test("say how much of the last whole hours is covered, since the PDU was there")
    func coverage() throws {
        var asking = try asking()
        asking.history.stock.units[0].status.pdu.createdAt = moment("2024-01-31T12:30:00Z")
        asking.history.stock.units[1].status.pdu.createdAt = moment("2024-01-31T14:01:00Z")
        var rollup = Rollup()
        rollup.coveredSeconds = 1800
        let hours = asking.calendar.buckets(.hour, count: 2, endingWith: moment("2024-01-31T13:00:00Z"))
        asking.history.rollups = [1: [hours[0]: rollup, hours[1]: rollup]]

        let text = scrape(asking).text

        #expect(text.contains(#"pdu_coverage_ratio{pdu="a\"1",window="1h"} 0.5"#))
        #expect(text.contains(#"pdu_coverage_ratio{pdu="a\"1",window="24h"} 0.666667"#))
        #expect(!text.contains(#"pdu_coverage_ratio{pdu="b2""#))

        // When nobody reads any more, less and less is covered.
        asking.now = moment("2024-01-31T17:05:00Z")
        let later = scrape(asking).text
        #expect(later.contains("pdu_coverage_ratio{pdu=\"a\\\"1\",window=\"1h\"} 0\n"))
        #expect(later.contains("pdu_coverage_ratio{pdu=\"a\\\"1\",window=\"24h\"} 0.222222\n"))
        #expect(later.contains("pdu_coverage_ratio{pdu=\"b2\",window=\"24h\"} 0\n"))
    }

    @Test("ask the history as often for a hundred PDUs as for one")
    func questions() throws {
        let asking = try asking()
        _ = scrape(asking)
        let few = asking.history.questions
        asking.history.stock.units = (1...100).map { id in
            var unit = asking.history.stock.units[0]
            unit.status.pdu.id = Int64(id)
            return unit
        }
        _ = scrape(asking)

        #expect(asking.history.questions == few + few)
    }

    @Test(
        "come in the form that is liked best",
        arguments: [
            ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true),
            ("text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4", false),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                    + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;q=0.3,"
                    + "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                true
            ),
            ("application/openmetrics-text", true), ("APPLICATION/OPENMETRICS-TEXT; Q=1", true),
            ("application/openmetrics-text;version=2.0.0", false),
            ("application/openmetrics-text;q=0", false),
            ("application/openmetrics-text;q=x", false), ("*/*", false), ("text/html", false), ("", false),
            (",;=,q=1;;", false),
        ]
    )
    func negotiation(accept: String, isOpen: Bool) {
        #expect((ExpositionFormat(accept: accept) == .openMetrics) == isOpen)
    }
}
