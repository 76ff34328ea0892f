import Glibc
import TestSupport
import Testing

@testable import Configuration

@Suite("Addresses")
struct NetworkAddressTests {
    @Test(
        "names, IPv4 and IPv6 addresses are taken, with a port or without",
        arguments: [
            ("172.0.250.10", "172.0.250.10", nil), ("172.0.250.11:1161", "172.0.250.11", 1161),
            ("pdu1", "pdu1", nil), ("pdu-1.example.net:161", "pdu-1.example.net", 161),
            ("pdu_1.example.net.", "pdu_1.example.net.", nil), ("localhost:65535", "localhost", 65_535),
            ("[2001:db8::1]", "2001:db8::1", nil), ("[2001:db8::1]:1161", "2001:db8::1", 1161),
            ("2001:db8::1", "2001:db8::1", nil), ("::1", "::1", nil),
            ("[fe80::1%eth0]:161", "fe80::1%eth0", 161),
        ] as [(String, String, Int?)]
    )
    func accepted(text: String, host: String, port: Int?) throws {
        let address = try #require(NetworkAddress(text))

        #expect(address.host == host)
        #expect(address.port == port)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", " ", "a b", "256.1.1.1", "172.0.250", "1.2.3.4.5", "h:", "h:0", "h:65536", "h:+1", "h:x",
            ":161",
            "[::1", "::1]", "[::1]x", "[::1]:", "[1.2.3.4]", "2001:db8::1::2", "udp:1.2.3.4:161", "-a", "a-",
            "a..b",
            ".", "http://pdu1/", "pdu1/24", "user@pdu1", "[fe80::1%]", "1.2.3.4%eth0", "größe",
        ]
    )
    func refused(text: String) {
        #expect(NetworkAddress(text) == nil)
    }
}

@Suite("Time zones of the system")
struct TimeZonesTests {
    @Test("the system's zone is what /etc/localtime links to, else what /etc/timezone says, else UTC")
    func systemZone() throws {
        let directory = try TemporaryDirectory()
        let files = try Files("", ["timezone": "Asia/Tokyo\n"])
        let link = directory.file("localtime")
        symlink("/usr/share/zoneinfo/Europe/Berlin", link)
        let zones = TimeZones()

        #expect(
            zones.systemZone(localtime: link, timezone: files.directory.file("timezone")) == "Europe/Berlin"
        )
        #expect(
            zones.systemZone(localtime: "/none", timezone: files.directory.file("timezone")) == "Asia/Tokyo"
        )
        #expect(zones.systemZone(localtime: "/none", timezone: "/none") == "UTC")
    }

    @Test("UTC needs no zone files; without any, the message says what to install")
    func withoutFiles() {
        let zones = TimeZones(directory: "/none")

        #expect(zones.contains("UTC"))
        #expect(!zones.contains("Europe/London"))
        #expect(zones.problem(with: "Europe/London") == "/none has no time zones; install tzdata")
    }
}
