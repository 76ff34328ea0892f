// `pductl check`: everything that a monitor needs, one line each, with what to type where something is wrong.

import Basics
import Configuration
import Energy

extension Verb {
    private static let nginx = Arguments.Option(
        "--nginx",
        value: "DIRECTORY",
        "look for the page's site in this configuration of nginx (default /etc/nginx)"
    )

    /// `pductl check`.
    static let check = Verb(
        name: "check",
        operands: "",
        summary: "look at everything the monitor needs; each line is ok or says what to do",
        options: [nginx],
        hasJSON: true
    ) { invocation in
        let findings = Findings(on: invocation.wantsJSON ? nil : .standardOutput)
        let status = try check(invocation, findings)
        if invocation.wantsJSON { writeToStandardOutput(findings.json) }
        return status
    }

    private static func check(_ invocation: Invocation, _ findings: Findings) throws -> ExitStatus {
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try invocation.configuration(.include)
        } catch {
            for problem in error.problems {
                findings.problem("configuration", problem.description, advice: "mend it, then pductl check")
            }
            return .usage
        }
        let (pdus, credentials) = (configuration.pdus.count, configuration.credentials.count)
        findings.ok(
            "configuration",
            "\(configuration.path): \(counted(pdus, "PDU")), \(counted(credentials, "credential"))"
        )
        for warning in configuration.warnings { findings.warn("configuration", warning.description) }
        SecretsCheck.run(configuration, findings)
        TimeZoneCheck.run(configuration, findings)
        // A configuration elsewhere is somebody's trial, which this machine's timer and web server know nothing of.
        let isInstalled = configuration.path == defaultConfigurationPath
        if isInstalled {
            ClockCheck.run(findings)
            TimerCheck.run(findings)
        }
        StateDirectoryCheck.run(configuration, findings)
        DatabaseCheck.run(configuration, findings)
        ArchiveCheck.run(configuration, findings)
        SpoolCheck.run(configuration, findings)
        try PDUCheck.run(configuration, findings)
        ResponderCheck.run(configuration, findings)
        let directory = invocation.arguments.value(nginx.name)
        if isInstalled || directory != nil {
            PageCheck.run(nginx: directory ?? "/etc/nginx", findings)
        }
        return findings.hasProblems ? .someFailed : .success
    }
}

/// `1 PDU`, `2 PDUs`.
func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// Whether the site's days can be told.
enum TimeZoneCheck {
    static func run(_ configuration: Configuration, _ findings: Findings) {
        let zone = configuration.site.timezone
        do {
            let rules = try ZoneRules(tzif: SystemZone.rules(of: zone))
            let now = SiteCalendar(zone: zone, rules: rules).iso8601(SystemClock.now())
            findings.ok("time zone", "\(zone), where it is \(now)")
        } catch {
            findings.problem("time zone", "\(error)", advice: "sudo apt install tzdata")
        }
    }
}
