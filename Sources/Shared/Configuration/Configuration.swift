package import Basics

/// What the operator wrote, complete and checked: `/etc/pdu-monitor/pdu-monitor.yaml`.
package struct Configuration: Sendable {
    /// The place whose calendar the days are of.
    package struct Site: Hashable, Sendable {
        package var name: String
        /// An IANA time zone, such as `Europe/London`.
        package var timezone: String
    }

    /// How often and how hard to poll.
    package struct Poll: Hashable, Sendable {
        /// Seconds between runs.
        package var interval = 60
        /// Seconds after which a run stores what it has.
        package var deadline = 50
        /// Requests in flight at once.
        package var concurrency = 256
    }

    /// SNMP defaults, which a PDU may override.
    package struct SNMP: Hashable, Sendable {
        package var port = 161
        /// Seconds that one attempt waits.
        package var timeout = FixedPoint(3)
        /// Attempts after the first.
        package var retries = 3
    }

    /// The responder.
    package struct Web: Hashable, Sendable {
        package var socket = "/run/pdu-monitor/fcgi.sock"
        package var threads = 8
    }

    package var site: Site
    package var stateDirectory = "/var/lib/pdu-monitor"
    package var poll = Poll()
    package var snmp = SNMP()
    /// Days that single readings are kept.
    package var readingsDays = 400
    package var web = Web()
    /// By name; empty when they were not asked for (`pdu-fcgi` never reads them).
    package var credentials: [String: Credential]
    /// In the order of the file.
    package var pdus: [PDUConfiguration]

    /// The path of the history database.
    package var historyPath: String { stateDirectory + "/history.db" }
}

/// One PDU to poll.
package struct PDUConfiguration: Hashable, Sendable {
    /// Its identity: `id` where given, else the name.
    package var key: String
    package var name: String
    /// As written.
    package var address: String
    /// The host part of the address, without brackets.
    package var host: String
    package var port: Int
    /// The name of its credential.
    package var credential: String
    /// The profile to use; absent: recognise the device.
    package var profile: String?
    /// Volts, for units that measure current only; absent: the device's own setting, if it has one.
    package var nominalVoltage: FixedPoint?
    /// For units that measure current only; absent: the device's own setting, else 1.
    package var powerFactor: FixedPoint?
    /// Seconds that one attempt waits.
    package var timeout: FixedPoint
    /// Attempts after the first.
    package var retries: Int
}

/// How to prove to a PDU who asks.
package enum Credential: Hashable, Sendable {
    case community(version: Version, Secret)
    case user(User)

    package enum Version: String, Sendable {
        case v1 = "1"
        case v2c = "2c"
    }

    /// An SNMPv3 user.
    package struct User: Hashable, Sendable {
        package var name: String
        package var level: SecurityLevel
        /// MD5 SHA SHA-224 SHA-256 SHA-384 SHA-512; absent with noAuthNoPriv.
        package var authProtocol: String?
        package var authPassphrase: Secret?
        /// DES AES AES-192 AES-256; absent unless authPriv.
        package var privacyProtocol: String?
        package var privacyPassphrase: Secret?
    }

    package enum SecurityLevel: String, CaseIterable, Sendable {
        case noAuthNoPriv
        case authNoPriv
        case authPriv
    }
}
