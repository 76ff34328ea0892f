import Foundation
import TestSupport
import Testing

@testable import Configuration

@Suite("Secrets stay secret")
struct SecrecyTests {
    private let secrets = ["hunter2-auth", "hunter2-priv", "hunter2-comm", "hunter"]

    private func expectNone(in text: String) {
        for secret in secrets { #expect(!text.contains(secret), "\(secret) shows") }
    }

    @Test("a loaded configuration shows no secret, however it is printed")
    func printing() throws {
        let files = try Files(
            """
            credentials:
              m: {user: u, auth_protocol: SHA, auth_passphrase: hunter2-auth,
                  privacy_protocol: AES, privacy_passphrase: hunter2-priv}
              c: {version: 1, community: hunter2-comm}
            """
        )
        let configuration = try Configuration.load(path: files.path, secrets: .include)

        var dumped = ""
        dump(configuration, to: &dumped)
        expectNone(in: dumped + "\(configuration)" + String(reflecting: configuration))
    }

    @Test(
        "no broken configuration makes a message tell a secret",
        arguments: [
            "credentials: {c: {user: u, auth_protocol: SHA, auth_passphrase: hunter}}",
            "credentials: {c: {user: u, auth_protocol: SHA, auth_passphrase: [hunter2-auth]}}",
            "credentials: {c: {user: u, auth_protocol: SHA, auth_passphrase: {hunter2-auth: 1}}}",
            "credentials: {c: {user: u, auth_protocol: SHA, auth_passphrase: \"hunter2-auth\\n\"}}",
            "credentials: {c: {user: u, security_level: noAuthNoPriv, auth_passphrase: hunter2-auth}}",
            "credentials: {c: {version: 1, user: u, community: hunter2-comm}}",
            "credentials: {c: {version: 1, community: &hunter2-comm x}}",
            "credentials: {c: {version: 1, community: *hunter2-comm}}",
            "credentials: {c: {version: 1, community: !hunter2-comm x}}",
            "credentials: {c: {version: 1, community: @hunter2-comm}}",
            "credentials: {c: {version: 1, community: \"hunter2-comm}}",
            "credentials:\n  c:\n    version: 1\n    community: hunter2-comm: x\n",
            "credentials:\n  c:\n    community: hunter2-comm\n   version: 1\n",
        ]
    )
    func messages(text: String) throws {
        let problems = try Files(text).problems()

        #expect(!problems.isEmpty)
        expectNone(in: problems.joined(separator: "\n"))
    }

    @Test("a configuration mutilated at random loads or says why, and never ends the process")
    func fuzz() throws {
        let root = "\(projectRoot)/etc/"
        let text = try String(contentsOfFile: root + "pdu-monitor.yaml", encoding: .utf8)
            .replacingOccurrences(of: "pdus: []", with: "pdus:").replacingOccurrences(
                of: "\n#  ",
                with: "\n  "
            )
        let credentials = try String(contentsOfFile: root + "credentials.yaml", encoding: .utf8)
        let original = Array((text + credentials).utf8)
        let files = try Files("")
        var random = SeededGenerator(seed: 20_240_301)
        var problems = 0

        for _ in 0..<400 {
            let bytes = mutated(original, with: &random)
            try Data(bytes).write(to: URL(fileURLWithPath: files.path))
            let lines = files.problems()
            problems += lines.count
            #expect(lines.allSatisfy { !$0.contains("\n") })
        }
        #expect(problems > 0)
    }

    /// `bytes` with up to eight places overwritten, repeated, cut or swapped for another place.
    private func mutated(_ bytes: [UInt8], with random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let marks = Array("{}[]:,-#&*!|>'\"%@`\n\t ~\u{1}é".utf8)
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[start] = marks.randomElement(using: &random) ?? 0
            case 1: bytes[start] = UInt8.random(in: 0...255, using: &random)
            case 2:
                bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...start, using: &random))
            default: bytes.removeSubrange(start..<end)
            }
        }
        return bytes
    }
}
