package import Basics
package import YAML

/// What the operator wrote, complete and checked: `/etc/pdu-monitor/pdu-monitor.yaml`.
package struct Configuration: Sendable {
    /// The place whose calendar the days are of.
    package struct Site: Hashable, Sendable {
        /// What the place is called.
        package var name: String
        /// An IANA time zone, such as `Europe/London`, whose file is there.
        package var timezone: String

        /// A site called `name` in `timezone`.
        package init(name: String, timezone: String) {
            self.name = name
            self.timezone = timezone
        }
    }

    /// How often and how hard to poll.
    package struct Poll: Hashable, Sendable {
        /// Seconds between runs: a divisor of 3600, at least 10.
        package var interval = 60
        /// Seconds after which a run stores what it has; less than `interval`.
        package var deadline = 50
        /// Requests in flight at once, 1...4096.
        package var concurrency = 256

        /// The defaults.
        package init() {}
    }

    /// SNMP defaults, which a PDU may override.
    package struct SNMP: Hashable, Sendable {
        /// The UDP port, 1...65535.
        package var port = 161
        /// Seconds that one attempt waits, 0.1...60.
        package var timeout = FixedPoint(3)
        /// Attempts after the first, 0...10.
        package var retries = 3

        /// The defaults.
        package init() {}
    }

    /// Somebody who may change settings.
    package enum Writer: Hashable, Sendable {
        /// Whoever asks from one of these.
        case addresses(AddressPrefix)
        /// Whom the web server calls so.
        case user(String)
    }

    /// The responder.
    package struct Web: Hashable, Sendable {
        /// The path of its Unix socket.
        package var socket = "/run/pdu-monitor/fcgi.sock"
        /// How many requests it answers at once, 1...64.
        package var threads = 8
        /// Who may change settings; those of this machine, unless others are named.
        package var writers: [Writer] = ["127.0.0.0/8", "::1"].compactMap(AddressPrefix.init)
            .map(Writer.addresses)
        /// The sites whose pages may read `/api/v1`, as browsers write an origin; `*` for every site, none without being
        /// named.
        package var corsOrigins: [String] = []
        /// Under which names whoever is a writer by address may reach the site, beside its addresses, `localhost` and what
        /// the machine is called; without port.
        package var names: [String] = []

        /// The defaults.
        package init() {}
    }

    /// The file it was read from, as it was asked for.
    package var path: String
    package var site: Site
    /// Where history, settings, lock and caches are.
    package var stateDirectory = "/var/lib/pdu-monitor"
    package var poll = Poll()
    package var snmp = SNMP()
    /// Days that single readings are kept, 1...36500.
    package var readingsDays = 400
    package var web = Web()
    /// By name; empty when they were not asked for (`pdu-fcgi` never reads them).
    package var credentials: [String: Credential]
    /// In the order of the file; names and keys are unique.
    package var pdus: [PDUConfiguration]
    /// What works but should not stay as it is, such as passphrases that everybody can read.
    package var warnings: [Problem] = []

    /// A configuration with the defaults for what is not named here.
    package init(
        path: String = "",
        site: Site,
        credentials: [String: Credential] = [:],
        pdus: [PDUConfiguration] = []
    ) {
        self.path = path
        self.site = site
        self.credentials = credentials
        self.pdus = pdus
    }

    /// The path of the history database.
    package var historyPath: String { stateDirectory + "/history.db" }

    /// The path of what people set in the page; perhaps a symbolic link to where the responder's user may write.
    package var settingsPath: String { stateDirectory + "/settings.db" }
}
