import Basics
import Configuration
import Metering
import SNMP
import Testing

@testable import Collection

@Suite("What failures are called") struct WordsTests {
    private static let failures: [SNMPFailure] = [
        .timeout, .ignored, .unreachable("No route to host"), .unknownUser, .wrongDigest, .decryptionError,
        .unsupportedSecurityLevel, .accessDenied, .unusableCredential, .notInTimeWindow,
        .malformed("it says hello"), .deadline,
    ]

    private let pdu = PDUConfiguration(
        key: "left",
        name: "Left",
        address: "172.0.250.11:1161",
        host: "172.0.250.11",
        port: 1161,
        credential: "monitor",
        profile: nil,
        nominalVoltage: nil,
        powerFactor: nil,
        timeout: FixedPoint(3),
        retries: 3
    )

    @Test("every sentence names the address and says something", arguments: failures)
    func sentences(failure: SNMPFailure) {
        let sentence = failure.sentence(about: pdu)

        #expect(sentence.contains("172.0.250.11:1161"))
        #expect(sentence.count > 40)
        #expect(!sentence.contains("\n"))
    }

    @Test("every reason of the contract that SNMP can have is used")
    func reasons() {
        let used = Set(Self.failures.map(\.reason))

        #expect(used == Set(FailureReason.allCases).subtracting([.unsupportedDevice]))
    }
}

@Suite("From configuration to agent") struct AgentTests {
    private let pdu = PDUConfiguration(
        key: "left",
        name: "Left",
        address: "[2001:db8::1]:1161",
        host: "2001:db8::1",
        port: 1161,
        credential: "monitor",
        profile: nil,
        nominalVoltage: nil,
        powerFactor: nil,
        timeout: FixedPoint(thousandths: 1500),
        retries: 2
    )

    @Test("address, times and engine are taken over")
    func agent() throws {
        let engine = SNMPEngine(id: [1, 2, 3, 4, 5], boots: 1, time: 2, observedAt: UnixTime(3))

        let agent = try #require(
            SNMPAgent(pdu, Credential.community(version: .v2c, Secret("public")), engine: engine)
        )

        #expect(agent.host == "2001:db8::1")
        #expect(agent.port == 1161)
        #expect(agent.timeoutMilliseconds == 1500)
        #expect(agent.retries == 2)
        #expect(agent.engine == engine)
        #expect(agent.credential == .community(version: .v2c, Secret("public")))
    }

    @Test("the level decides what of a user is used", arguments: Credential.SecurityLevel.allCases)
    func levels(level: Credential.SecurityLevel) throws {
        let user = Credential.User(
            name: "admin",
            level: level,
            authProtocol: "SHA-256",
            authPassphrase: Secret("authentication"),
            privacyProtocol: "AES-192",
            privacyPassphrase: Secret("encryption")
        )

        let credential = try #require(SNMPCredential(.user(user)))

        guard case .user(let taken) = credential else {
            Issue.record("a user became something else")
            return
        }
        #expect(taken.name == "admin")
        #expect((taken.authentication?.0 == .sha256) == (level != .noAuthNoPriv))
        #expect((taken.privacy?.0 == .aes192) == (level == .authPriv))
    }

    @Test("a user without what its level needs is none", arguments: ["MD4", "SHA"])
    func incomplete(hash: String) {
        let user = Credential.User(
            name: "admin",
            level: .authPriv,
            authProtocol: hash,
            authPassphrase: Secret("authentication"),
            privacyProtocol: "AES",
            privacyPassphrase: nil
        )

        #expect(SNMPCredential(.user(user)) == nil)
    }
}
