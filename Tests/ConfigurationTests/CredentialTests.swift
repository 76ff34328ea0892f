import Basics
import Testing

@testable import Configuration

// A byte too long. (Swift 6.0 takes no interpolation in the arguments of a test.)
private let quotedLongName = "\"" + String(repeating: "u", count: 33) + "\""

@Suite("Credentials")
struct CredentialTests {
    private func load(_ credential: String) throws -> Credential? {
        let files = try Files("credentials:\n  c: {\(credential)}\n")
        return try Configuration.load(path: files.path, secrets: .include).credentials["c"]
    }

    @Test(
        "protocols are taken in net-snmp's spellings too",
        arguments: [
            ("MD5", "MD5"), ("SHA", "SHA"), ("sha1", "SHA"), ("SHA-1", "SHA"), ("SHA224", "SHA-224"),
            ("SHA-256", "SHA-256"), ("sha256", "SHA-256"), ("SHA384", "SHA-384"), ("SHA-512", "SHA-512"),
        ]
    )
    func authProtocols(written: String, expected: String) throws {
        let credential = try load("user: u, auth_protocol: \(written), auth_passphrase: 12345678")

        #expect(
            credential
                == .user(
                    .init(
                        name: "u",
                        level: .authNoPriv,
                        authProtocol: expected,
                        authPassphrase: Secret("12345678")
                    )
                )
        )
    }

    @Test(
        "so are privacy protocols, and the level follows from what is given",
        arguments: [
            ("DES", "DES"), ("AES", "AES"), ("AES128", "AES"), ("aes-128", "AES"), ("AES192", "AES-192"),
            ("aes-256", "AES-256"),
        ]
    )
    func privacyProtocols(written: String, expected: String) throws {
        let credential = try load(
            "user: u, auth_protocol: SHA, auth_passphrase: 12345678, privacy_protocol: \(written), "
                + "privacy_passphrase: 87654321"
        )

        guard case .user(let user) = credential else {
            Issue.record("no user")
            return
        }
        #expect(user.level == .authPriv)
        #expect(user.privacyProtocol == expected)
    }

    @Test("a user name that looks like a number stays the text that was written")
    func userIsText() throws {
        #expect(try load("version: 3, user: 0123") == .user(.init(name: "0123", level: .noAuthNoPriv)))
    }

    @Test("a passphrase file gives its text without the newline at its end")
    func passphraseFile() throws {
        let files = try Files(
            "credentials: {c: {user: u, auth_protocol: SHA, auth_passphrase_file: a}}",
            ["a": " pass phrase \r\n"]
        )
        let configuration = try Configuration.load(path: files.path, secrets: .include)

        guard case .user(let user) = configuration.credentials["c"] else {
            Issue.record("no user")
            return
        }
        #expect(user.authPassphrase == Secret(" pass phrase "))
    }

    @Test(
        "what does not fit together is a problem of the key at fault",
        arguments: [
            ("version: 3", ["c.user: missing"]),
            ("user: u, community: public", ["c.community: is for version 1 and 2c; write the version out"]),
            ("version: 2c, community: x, user: u", ["c.user: is for version 3"]),
            (
                "version: 1",
                ["c.community: missing; give it here, or the path of a file that holds it as community_file"]
            ),
            ("version: 1, community: \"\"", ["c.community: is empty"]),
            (
                "user: u, security_level: authNoPriv",
                [
                    "c.auth_protocol: missing; one of MD5, SHA, SHA-224, SHA-256, SHA-384, SHA-512",
                    "c.auth_passphrase: missing; give it here, or the path of a file that holds it as auth_passphrase_file",
                ]
            ),
            (
                "user: u, security_level: noAuthNoPriv, auth_protocol: SHA",
                ["c.auth_protocol: is not for security_level noAuthNoPriv"]
            ),
            (
                "user: u, security_level: authNoPriv, auth_protocol: SHA, auth_passphrase: 12345678, privacy_protocol: AES",
                ["c.privacy_protocol: is not for security_level authNoPriv"]
            ),
            (
                "user: u, privacy_protocol: AES, privacy_passphrase: 12345678",
                [
                    "c.auth_protocol: missing; one of MD5, SHA, SHA-224, SHA-256, SHA-384, SHA-512",
                    "c.auth_passphrase: missing; give it here, or the path of a file that holds it as auth_passphrase_file",
                ]
            ),
            (
                "user: u, security_level: authpriw",
                [
                    "c.security_level: expected one of noAuthNoPriv, authNoPriv, authPriv, found \"authpriw\" "
                        + "(did you mean \"authPriv\"?)"
                ]
            ),
            (
                "user: u, auth_protocol: SHA265, auth_passphrase: 12345678",
                [
                    "c.auth_protocol: expected one of MD5, SHA, SHA-224, SHA-256, SHA-384, SHA-512, found \"SHA265\" "
                        + "(did you mean \"SHA-256\"?)"
                ]
            ),
            (
                "user: u, auth_protocol: SHA, auth_passphrase: 1234567",
                ["c.auth_passphrase: too short: at least 8 characters are needed"]
            ),
            (
                "user: u, auth_protocol: SHA, auth_passphrase: \"1234567\\n8\"",
                ["c.auth_passphrase: a secret of one line was expected; this one holds a control character"]
            ),
            (
                "user: u, auth_protocol: SHA, auth_passphrase: 12345678, auth_passphrase_file: f",
                ["c.auth_passphrase_file: auth_passphrase is given too; only one of them can hold"]
            ),
            (
                "user: " + quotedLongName,
                ["c.user: expected 1 to 32 bytes of text, found " + quotedLongName]
            ),
        ]
    )
    func mismatches(text: String, expected: [String]) throws {
        let messages = try Files("credentials:\n  c: {\(text)}\n").problems()
        let withoutPlaces = messages.map {
            $0.split(separator: " ", maxSplits: 1).last.map(String.init) ?? ""
        }

        #expect(withoutPlaces == expected.map { "credentials." + $0 })
    }

    @Test("a passphrase file that is missing, short or no text is a problem at its key")
    func brokenFiles() throws {
        let files = try Files(
            """
            credentials:
              a: {user: u, auth_protocol: SHA, auth_passphrase_file: none}
              b: {user: u, auth_protocol: SHA, auth_passphrase_file: short}
            """,
            ["short": "1234567\n\n"]
        )

        #expect(
            files.problems() == [
                "c.yaml:2:58: credentials.a.auth_passphrase_file: cannot read none: No such file or directory",
                "c.yaml:3:58: credentials.b.auth_passphrase_file: too short: at least 8 characters are needed",
            ]
        )
    }

    @Test("a name may be defined in one file only")
    func twoFiles() throws {
        let files = try Files(
            "credentials_file: more.yaml\ncredentials: {a: {user: u}}\n",
            ["more.yaml": "credentials: {a: {user: v}, b: {user: w}}\n"]
        )

        #expect(
            files.problems() == [
                "more.yaml:1:18: credentials.a: a credential of this name is defined in both files; remove one"
            ]
        )
    }

    @Test("a file of passphrases that everybody can read is a warning, one that a group can read is none")
    func permissions() throws {
        let files = try Files(
            "credentials_file: more.yaml\npdus: [{name: a, address: h, credentials: a}]\n",
            ["more.yaml": "credentials: {a: {user: u, auth_protocol: SHA, auth_passphrase_file: pass}}\n"]
        )
        func warnings(_ mode: Int) throws -> [String] {
            try files.write("12345678", to: "pass", mode: mode)
            return try Configuration.load(path: files.path, secrets: .include).warnings
                .map { files.short($0.description) }
        }

        #expect(try warnings(0o640) == [])
        #expect(
            try warnings(0o644) == [
                "more.yaml:1:70: credentials.a.auth_passphrase_file: pass holds a passphrase that every user of this "
                    + "machine can read; take that away: chmod o= pass"
            ]
        )
    }

    @Test("a configuration with inline passphrases that everybody can read is a warning")
    func inlinePermissions() throws {
        let files = try Files("")
        try files.write(
            monitor + "pdus: [{name: a, address: h, credentials: monitor}]\n",
            to: "c.yaml",
            mode: 0o604
        )

        let warnings = try Configuration.load(path: files.path, secrets: .include).warnings
        #expect(warnings.map(\.path) == ["credentials"])
        #expect(try Configuration.load(path: files.path, secrets: .exclude).warnings.isEmpty)
    }
}
