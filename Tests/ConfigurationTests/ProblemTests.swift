import Testing

@testable import Configuration

@Suite("What is wrong with a configuration")
struct ProblemTests {
    /// A configuration, and what is wrong with it.
    static let wrong: [(String, String)] = [
        ("pols: {}", "1:1: pols: unknown key (did you mean \"poll\"?)"),
        (
            "wobble: 1",
            "1:1: wobble: unknown key; known here: site, state_directory, poll, snmp, retention, web, "
                + "credentials_file, credentials, pdus"
        ),
        ("poll:\n  intervall: 60", "2:3: poll.intervall: unknown key (did you mean \"interval\"?)"),
        ("poll: 60", "1:7: poll: expected a mapping (key: value), found \"60\""),
        (
            "poll: {interval: 7}",
            "1:18: poll.interval: expected a whole number of seconds from 10 to 3600 that divides an hour, "
                + "such as 30, 60 or 300, found \"7\""
        ),
        (
            "poll: {interval: 60, deadline: 60}",
            "1:32: poll.deadline: expected a whole number from 1 to 59 seconds (below poll.interval), found \"60\""
        ),
        (
            "poll: {concurrency: many}",
            "1:21: poll.concurrency: expected a whole number from 1 to 4096, found \"many\""
        ),
        ("snmp: {port: 0}", "1:14: snmp.port: expected a whole number from 1 to 65535, found \"0\""),
        (
            "snmp: {timeout: 61}",
            "1:17: snmp.timeout: expected a number from 0.1 to 60 seconds with at most three decimals, found \"61\""
        ),
        ("snmp: {retries: -1}", "1:17: snmp.retries: expected a whole number from 0 to 10, found \"-1\""),
        (
            "retention: {readings_days: 0}",
            "1:28: retention.readings_days: expected a whole number from 1 to 36500 days, found \"0\""
        ),
        (
            "web: {writers: [10.0.0.0/33]}",
            "1:17: web.writers[1]: expected an address such as 192.0.2.7 or 2001:db8::7, or a prefix such as "
                + "192.0.2.0/24, or the name of a user, found \"10.0.0.0/33\""
        ),
        (
            "web: {cors_origins: [\"https://a.example/\"]}",
            "1:22: web.cors_origins[1]: expected an origin as browsers write it, such as https://dashboards.example or "
                + "http://10.0.0.5:3000, without a path, or \"*\" for every site, found \"https://a.example/\""
        ),
        (
            "web: {names: [pdu, \"http://pdu\"]}",
            "1:20: web.names[2]: expected a name such as pdu.example.net, without scheme and port (addresses need "
                + "not be named), found \"http://pdu\""
        ),
        (
            "web: {names: [192.0.2.7]}",
            "1:15: web.names[1]: expected a name such as pdu.example.net, without scheme and port (addresses need "
                + "not be named), found \"192.0.2.7\""
        ),
        ("web: {threads: 65}", "1:16: web.threads: expected a whole number from 1 to 64, found \"65\""),
        (
            "site: {name: \"a\\tb\"}",
            "1:14: site.name: expected 1 to 100 characters, without control characters, found \"a?b\""
        ),
        ("site:\n  name: [x]", "2:9: site.name: expected a text, found a list"),
        ("pdus: {name: a}", "1:7: pdus: expected a list, found a mapping"),
        ("pdus:\n- Right PDU", "2:3: pdus[1]: expected a mapping (key: value), found \"Right PDU\""),
        ("site: {}\nsite: {}", "2:1: the key \"site\" is given twice, first on line 1"),
        ("site: [", "2:1: did not find expected node content; is a closing bracket missing?"),
    ]

    @Test("says file, line, column, key, what is wrong and what is allowed", arguments: wrong)
    func general(text: String, expected: String) throws {
        let problems = try Files(text).problems()

        #expect(problems == ["c.yaml:" + expected])
    }

    @Test("an origin is written in the one way in which browsers write it")
    func origins() {
        let right = [
            "https://a.example", "http://a.example", "https://a.example:8443", "http://10.0.0.5:3000",
            "https://[2001:db8::1]", "https://[2001:db8::1]:8443", "http://localhost", "http://a.example:443",
        ]
        let wrong = [
            "", "*.example", "a.example", "https://", "https://A.example", "HTTPS://a.example",
            "https://a.example/",
            "https://a.example:443", "http://a.example:80", "https://a.example:0", "https://a.example:08443",
            "https://a.example:", "https://a.example:65536", "https://2001:db8::1", "https://a example",
            "null",
            "ftp://a.example", "https://user@a.example", "https://a.example?x", "https://a.example#x",
        ]
        for text in right { #expect(WebOrigin.isOne(text), "\(text)") }
        for text in wrong { #expect(!WebOrigin.isOne(text), "\(text)") }
    }

    @Test(
        "a time zone must be one of the system's",
        arguments: [
            ("Europe/Lodnon", " (did you mean \"Europe/London\"?)"),
            ("London", " (did you mean \"Europe/London\"?)"),
            ("europe/london", " (did you mean \"Europe/London\"?)"), ("../../../etc/passwd", ""),
            ("/etc/localtime", ""), ("Europe", ""), ("right/UTC", ""), ("Mars/Olympus_Mons", ""),
        ]
    )
    func timezone(name: String, hint: String) throws {
        let problem = try #require(try Files("site: {timezone: \(name)}").problems().first)

        #expect(problem.hasPrefix("c.yaml:1:18: site.timezone: expected a time zone of /usr/share/zoneinfo,"))
        #expect(problem.contains("found \"\(name)\""))
        if !hint.isEmpty { #expect(problem.hasSuffix(hint)) }
    }

    /// A list of one PDU, and what is wrong with it.
    static let wrongPDUs: [(String, [String])] = [
        (
            "{}",
            [
                "1:8: pdus[1].address: missing", "1:8: pdus[1].name: missing",
                "1:8: pdus[1].credentials: missing",
            ]
        ),
        (
            "{name: a, address: 1.2.3.4, credentials: moniter}",
            ["1:49: pdus[1].credentials: no credential \"moniter\" (did you mean \"monitor\"?)"]
        ),
        (
            "{name: a, address: 1.2.3.4, credentials: x}",
            ["1:49: pdus[1].credentials: no credential \"x\"; defined: monitor"]
        ),
        (
            "{name: a, address: 1.2.3.4, credentials: monitor, nominal_voltage: 12, power_factor: 1.1}",
            [
                "1:75: pdus[1].nominal_voltage: expected a number from 80 to 500 volts with at most three decimals, found \"12\"",
                "1:93: pdus[1].power_factor: expected a number from 0.001 to 1 with at most three decimals, found \"1.1\"",
            ]
        ),
        (
            "{name: a, adress: 1.2.3.4, address: 1.2.3.4, credentials: monitor}",
            ["1:18: pdus[1].adress: unknown key (did you mean \"address\"?)"]
        ),
    ]

    @Test("a PDU says what it lacks and what it may not be", arguments: wrongPDUs)
    func pdu(text: String, expected: [String]) throws {
        let files = try Files("pdus: [\(text)]\n\(monitor)")

        #expect(files.problems() == expected.map { "c.yaml:" + $0 })
    }

    @Test("a name and an identity belong to one PDU")
    func uniqueness() throws {
        let files = try Files(
            """
            pdus:
            - {name: a, address: h1, credentials: monitor}
            - {name: a, address: h2, credentials: monitor}
            - {name: b, id: x, address: h3, credentials: monitor}
            - {name: c, id: x, address: h4, credentials: monitor}
            - {name: x, address: h5, credentials: monitor}
            \(monitor)
            """
        )

        #expect(
            files.problems() == [
                "c.yaml:3:10: pdus[2].name: \"a\" is the name of the PDU on line 2 too",
                "c.yaml:5:17: pdus[4].id: \"x\" already identifies the PDU \"b\" on line 4; give one of them another id",
                "c.yaml:6:10: pdus[5].name: \"x\" already identifies the PDU \"c\" on line 5; give one of them another id",
            ]
        )
    }

    @Test("two PDUs at one address are a warning")
    func sameAddress() throws {
        let files = try Files(
            """
            pdus:
            - {name: a, address: Host, credentials: monitor}
            - {name: b, address: "host:161", credentials: monitor}
            - {name: c, address: "host:162", credentials: monitor}
            \(monitor)
            """
        )
        let configuration = try Configuration.load(path: files.path, secrets: .include)

        #expect(
            configuration.warnings.map { files.short($0.description) } == [
                "c.yaml:3:22: pdus[2].address: the same place as \"a\" on line 2: what it draws will be counted twice"
            ]
        )
    }

    @Test("all problems of all files are listed at once, by file and line")
    func everything() throws {
        let files = try Files(
            """
            pdus: [{name: a, address: "h:99999", credentials: nobody}]
            credentials_file: more.yaml
            poll: {interval: x}
            """,
            [
                "more.yaml":
                    "credentials:\n  c: {version: 4}\n  d: {user: u, auth_protocol: SHA, auth_passphrase: short}\n"
            ]
        )

        #expect(
            files.problems() == [
                "c.yaml:1:27: pdus[1].address: expected \(NetworkAddress.allowed), found \"h:99999\"",
                "c.yaml:1:51: pdus[1].credentials: no credential \"nobody\"; defined: c, d",
                "c.yaml:3:18: poll.interval: expected a whole number of seconds from 10 to 3600 that divides an hour, "
                    + "such as 30, 60 or 300, found \"x\"",
                "more.yaml:2:16: credentials.c.version: expected one of 1, 2c, 3, found \"4\"",
                "more.yaml:3:53: credentials.d.auth_passphrase: too short: at least 8 characters are needed",
            ]
        )
    }

    @Test("a file that cannot be read is named with the system's reason")
    func unreadable() throws {
        let files = try Files("credentials_file: none.yaml\n")
        let missing = Files.problems(path: files.directory.file("missing.yaml"))
        let directory = Files.problems(path: files.directory.path)

        #expect(
            files.problems() == [
                "c.yaml:1:19: credentials_file: cannot read none.yaml: No such file or directory"
            ]
        )
        #expect(missing.map(files.short) == ["missing.yaml: cannot be read: No such file or directory"])
        #expect(directory == ["\(files.directory.path): cannot be read: Is a directory"])
    }

    @Test("a socket path that the kernel cannot take is a problem")
    func longSocket() throws {
        let path = "/" + String(repeating: "s", count: 107)

        #expect(
            try Files("web: {socket: \(path)}").problems().first?.contains(
                "web.socket: expected 1 to 107 characters"
            )
                == true
        )
    }
}

extension Files {
    /// What loading the file at `path` says.
    fileprivate static func problems(path: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try Configuration.load(path: path, secrets: .include)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }
}
