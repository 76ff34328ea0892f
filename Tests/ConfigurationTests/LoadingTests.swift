import Basics
import Foundation
import Testing

@testable import Configuration

/// Section 3 of the interface contract, but for the passphrase and its file.
private let contractExample = """
    site:
      name: Server room
      timezone: Europe/London
    state_directory: /var/lib/pdu-monitor     # history.db, settings.db, lock, SNMP engine cache, spool, archive
    poll: { interval: 60, deadline: 50, concurrency: 256 }     # seconds, seconds, requests in flight
    snmp: { port: 161, timeout: 3, retries: 3 }                # defaults that a PDU may override
    retention: { readings_days: 400 }
    web: { socket: /run/pdu-monitor/fcgi.sock, threads: 8 }

    credentials_file: credentials.yaml         # beside this file; or `credentials:` here, for a simple set-up
    credentials:                               # in credentials.yaml this key is the top of the file
      monitor:
        version: 3
        user: admin
        security_level: authPriv               # noAuthNoPriv authNoPriv authPriv
        auth_protocol: SHA                     # MD5 SHA SHA-224 SHA-256 SHA-384 SHA-512
        auth_passphrase: "authentication"
        privacy_protocol: AES                  # DES AES AES-192 AES-256
        privacy_passphrase_file: privacy       # either may come from a file
      old_card: { version: 2c, community: public }             # only where written out: never tried by itself

    pdus:
      - { name: Right PDU, address: 172.0.250.10, credentials: monitor }
      - name: Left PDU
        id: left                               # keeps the history when the name changes
        address: 172.0.250.11:1161
        credentials: monitor
        profile: apc-rpdu                      # recognised by itself when absent
        nominal_voltage: 230                   # for units that measure current only
        power_factor: 1.0
    """

@Suite("Loading a configuration")
struct LoadingTests {
    @Test("the contract's example loads with its values")
    func contract() throws {
        let files = try Files(contractExample, ["credentials.yaml": "", "privacy": "privateer\n"])
        let configuration = try Configuration.load(path: files.path, secrets: .include)

        #expect(configuration.site == .init(name: "Server room", timezone: "Europe/London"))
        #expect(configuration.historyPath == "/var/lib/pdu-monitor/history.db")
        #expect(configuration.poll == .init())
        #expect(configuration.snmp == .init())
        #expect(configuration.web == .init())
        #expect(configuration.readingsDays == 400)
        let user = Credential.User(
            name: "admin",
            level: .authPriv,
            authProtocol: "SHA",
            authPassphrase: Secret("authentication"),
            privacyProtocol: "AES",
            privacyPassphrase: Secret("privateer")
        )
        #expect(
            configuration.credentials == [
                "monitor": .user(user), "old_card": .community(version: .v2c, Secret("public")),
            ]
        )
        #expect(configuration.warnings.isEmpty)
    }

    @Test("the PDUs of the contract's example come in order, with defaults filled in")
    func contractPDUs() throws {
        let files = try Files(contractExample, ["credentials.yaml": "", "privacy": "privateer\n"])
        let pdus = try Configuration.load(path: files.path, secrets: .include).pdus

        let right = PDUConfiguration(
            name: "Right PDU",
            address: "172.0.250.10",
            host: "172.0.250.10",
            port: 161,
            credential: "monitor"
        )
        let left = PDUConfiguration(
            key: "left",
            name: "Left PDU",
            address: "172.0.250.11:1161",
            host: "172.0.250.11",
            port: 1161,
            credential: "monitor",
            profile: "apc-rpdu",
            nominalVoltage: FixedPoint(230),
            powerFactor: FixedPoint(1)
        )
        #expect(pdus == [right, left])
    }

    @Test("without secrets, neither credentials nor passphrase files are opened")
    func withoutSecrets() throws {
        let files = try Files(contractExample)
        let configuration = try Configuration.load(path: files.path, secrets: .exclude)

        #expect(configuration.credentials.isEmpty)
        #expect(configuration.pdus.map(\.key) == ["Right PDU", "left"])
        #expect(files.problems(.include).count == 2)
    }

    @Test("JSON is accepted")
    func json() throws {
        let files = try Files(
            """
            {"site": {"name": "Zürich \\u2116 1", "timezone": "UTC"}, "snmp": {"timeout": 0.5, "retries": 0},
             "credentials": {"c": {"version": "1", "community": "public"}},
             "pdus": [{"name": "a", "address": "[::1]:1161", "credentials": "c", "timeout": 1.25}]}
            """
        )
        let configuration = try Configuration.load(path: files.path, secrets: .include)

        #expect(configuration.site.name == "Zürich № 1")
        #expect(configuration.credentials == ["c": .community(version: .v1, Secret("public"))])
        #expect(configuration.pdus.map(\.host) == ["::1"])
        #expect(configuration.pdus.map(\.timeout) == [FixedPoint(thousandths: 1250)])
        #expect(configuration.pdus.map(\.retries) == [0])
    }

    @Test("an empty file is a configuration without PDUs, with a warning that says how to go on")
    func empty() throws {
        let files = try Files("")
        let configuration = try Configuration.load(path: files.path, secrets: .include)

        #expect(configuration.pdus.isEmpty)
        #expect(configuration.site.name == "Server room")
        #expect(
            configuration.warnings.map { files.short($0.description) } == [
                "c.yaml:1:1: pdus: no PDU yet; pductl probe ADDRESS prints what to write here"
            ]
        )
    }

    @Test("the examples in etc/ load")
    func examples() throws {
        let path = "\(projectRoot)/etc/pdu-monitor.yaml"
        let configuration = try Configuration.load(path: path, secrets: .include)

        #expect(configuration.poll == .init())
        #expect(configuration.snmp == .init())
        #expect(configuration.web == .init())
        #expect(configuration.credentials.keys.sorted() == ["monitor"])
    }

    @Test("what the example in etc/ has in comments loads too")
    func commentedExamples() throws {
        let example = try String(contentsOfFile: "\(projectRoot)/etc/pdu-monitor.yaml", encoding: .utf8)
        let credentials = try String(contentsOfFile: "\(projectRoot)/etc/credentials.yaml", encoding: .utf8)
        let complete = example.replacingOccurrences(of: "pdus: []", with: "pdus:")
            .replacingOccurrences(of: "\n#  ", with: "\n  ").replacingOccurrences(
                of: "# timezone",
                with: "timezone"
            )
        let old = credentials.replacingOccurrences(of: "\n  # old_card", with: "\n  old_card")
            .replacingOccurrences(of: "\n  #   ", with: "\n    ")
        let files = try Files(complete, ["credentials.yaml": old])

        #expect(files.problems() == [])
        let configuration = try Configuration.load(path: files.path, secrets: .include)
        #expect(configuration.pdus.map(\.key) == ["Right PDU", "left"])
        #expect(configuration.pdus.last?.retries == 1)
        #expect(configuration.credentials.keys.sorted() == ["monitor", "old_card"])
    }

    @Test(
        "credentials in a file of their own stand at its top or below the key `credentials`",
        arguments: [
            "card: {version: 2c, community: public}\n",
            "credentials:\n  card: {version: 2c, community: public}\n",
        ]
    )
    func credentialsFile(text: String) throws {
        let main = "credentials_file: own.yaml\npdus: [{name: A, address: 127.0.0.1, credentials: card}]"
        let files = try Files(main, ["own.yaml": text])

        #expect(files.problems() == [])
        #expect(
            try Configuration.load(path: files.path, secrets: .include).credentials
                == ["card": .community(version: .v2c, Secret("public"))]
        )
    }

    @Test("the deadline follows a short interval where none is written")
    func shortInterval() throws {
        let files = try Files("poll: {interval: 30}")

        #expect(try Configuration.load(path: files.path, secrets: .exclude).poll.deadline == 25)
    }

    @Test("relative paths start from the configuration's directory")
    func relativePaths() throws {
        let files = try Files(
            "state_directory: state\nweb: {socket: run/s, names: [pdu, PDU_2.example.net]}\n"
        )
        let configuration = try Configuration.load(path: files.path, secrets: .include)

        #expect(configuration.stateDirectory == files.directory.file("state"))
        #expect(configuration.web.socket == files.directory.file("run/s"))
        #expect(configuration.web.names == ["pdu", "PDU_2.example.net"])
    }

    @Test("ten thousand PDUs load in time that grows with their number")
    func linear() throws {
        func seconds(_ count: Int) throws -> Double {
            let pdus = (0..<count).map {
                "- {name: PDU \($0), address: 10.0.\($0 / 250).\($0 % 250), credentials: monitor}\n"
            }
            let files = try Files(monitor + "pdus:\n" + pdus.joined())
            let clock = ContinuousClock()
            let durations = try (0..<3).map { _ in
                try clock.measure {
                    let configuration = try Configuration.load(path: files.path, secrets: .include)
                    #expect(configuration.pdus.count == count)
                }
            }
            return durations.min().map { $0 / .seconds(1) } ?? 0
        }

        let small = try seconds(1000)
        let large = try seconds(10_000)
        #expect(large < small * 40, "1,000 took \(small) s, 10,000 took \(large) s")
    }
}
