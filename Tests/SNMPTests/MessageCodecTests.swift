import Basics
import CNetSNMP
import MIB
import TestSupport
import Testing

@testable import SNMP

@Suite("MessageCodec") struct MessageCodecTests {
    private static let sysDescr = ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 1, 0])

    /// A request of SNMPv2c turned into the response of an agent that knows nothing: the tag of the PDU changed.
    private func response(to request: [UInt8]) -> [UInt8] {
        var bytes = request
        if let place = bytes.firstIndex(of: 0xA0) { bytes[place] = 0xA2 }
        return bytes
    }

    @Test("a request of SNMPv2c is what RFC 3416 says, byte by byte")
    func request() {
        Library.exclusively {
            var codec = MessageCodec()
            let bytes = codec.encode(
                .get([Self.sysDescr]),
                .community(.v2c, "public"),
                requestID: 0x0102_0304,
                messageID: 0
            )

            let expected: [UInt8] = [
                0x30, 0x29, 0x02, 0x01, 0x01, 0x04, 0x06, 0x70, 0x75, 0x62, 0x6C, 0x69, 0x63,
                0xA0, 0x1C, 0x02, 0x04, 0x01, 0x02, 0x03, 0x04, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00,
                0x30, 0x0E, 0x30, 0x0C, 0x06, 0x08, 0x2B, 0x06, 0x01, 0x02, 0x01, 0x01, 0x01, 0x00, 0x05,
                0x00,
            ]
            #expect(bytes == expected)
        }
    }

    @Test("GETBULK goes out as GETNEXT with SNMPv1, which has none")
    func bulk() throws {
        Library.exclusively {
            var codec = MessageCodec()
            let request = SNMPRequest.getBulk([Self.sysDescr], repetitions: 10)
            let old = codec.encode(request, .community(.v1, "x"), requestID: 1, messageID: 0)
            let new = codec.encode(request, .community(.v2c, "x"), requestID: 1, messageID: 0)

            #expect(old?.contains(0xA1) == true)
            #expect(new?.contains(0xA5) == true)
        }
    }

    @Test("a response is read back")
    func readBack() throws {
        var decoded: ReceivedMessage?
        Library.exclusively {
            var codec = MessageCodec()
            let security = MessageSecurity.community(.v2c, "public")
            let request = codec.encode(.get([Self.sysDescr]), security, requestID: 77, messageID: 0) ?? []
            decoded = try? codec.decode(response(to: request), security)
        }

        let message = try #require(decoded)
        #expect(message.requestID == 77)
        guard case .response(0, 0, let bindings) = message.content else {
            Issue.record("not a response without an error")
            return
        }
        #expect(bindings == [VariableBinding(Self.sysDescr, .null)])
    }

    @Test("an answer in another version is not taken, whatever was encoded in between")
    func otherVersion() {
        Library.exclusively {
            var codec = MessageCodec()
            let security = MessageSecurity.community(.v2c, "public")
            let request = codec.encode(.get([Self.sysDescr]), security, requestID: 77, messageID: 0) ?? []
            _ = codec.encode(.get([]), .discovery, requestID: 1, messageID: 1)

            #expect(throws: Never.self) { try codec.decode(response(to: request), security) }
            #expect(throws: UnreadableMessage.self) {
                try codec.decode(response(to: request), .community(.v1, "public"))
            }
            #expect(throws: UnreadableMessage.self) { try codec.decode(response(to: request), .discovery) }
        }
    }

    @Test("no bytes at all make it stumble", arguments: [1, 2, 3, 4] as [UInt64])
    func random(seed: UInt64) {
        Library.exclusively {
            var source = SeededGenerator(seed: seed)
            var codec = MessageCodec()
            let security = MessageSecurity.community(.v2c, "public")
            let v2c = response(
                to: codec.encode(.get([Self.sysDescr]), security, requestID: 77, messageID: 0) ?? []
            )
            let v3 = codec.encode(.get([]), .discovery, requestID: 1, messageID: 1) ?? []
            for round in 0..<20_000 {
                var message = round.isMultiple(of: 2) ? v2c : v3
                for _ in 0..<Int.random(in: 1...5, using: &source) {
                    message[Int.random(in: message.indices, using: &source)] = .random(
                        in: 0...255,
                        using: &source
                    )
                }
                if round.isMultiple(of: 3) {
                    message.removeLast(Int.random(in: 0..<message.count, using: &source))
                }
                _ = try? codec.decode(message, round.isMultiple(of: 2) ? security : .discovery)
            }
        }
    }

    @Test("keys are made once, and not of passphrases that are too short")
    func keys() {
        Library.exclusively {
            let keys = MasterKeys()

            // RFC 3414, appendix A.3.1 and A.3.2.
            #expect(
                keys.key(of: Secret("maplesyrup"), hash: .md5)
                    == [159, 175, 50, 131, 136, 78, 146, 131, 78, 188, 152, 71, 216, 237, 217, 99]
            )
            #expect(keys.key(of: Secret("maplesyrup"), hash: .sha)?.prefix(4) == [0x9F, 0xB5, 0xCC, 0x03])
            #expect(keys.key(of: Secret("short"), hash: .sha) == nil)
        }
    }

    @Test("keys are those that libsnmp's own tools make", arguments: SNMPUser.Authentication.allCases)
    func sameKeys(hash: SNMPUser.Authentication) {
        Library.exclusively {
            let keys = MasterKeys()
            for passphrase in [
                "12345678", "a passphrase of an odd length", String(repeating: "ü", count: 500),
            ] {
                #expect(keys.key(of: Secret(passphrase), hash: hash) == libraryKey(passphrase, hash))
            }
        }
    }

    /// The key that `generate_Ku` makes.
    private func libraryKey(_ passphrase: String, _ hash: SNMPUser.Authentication) -> [UInt8] {
        var oidLength = 0
        let oid = sc_get_auth_oid(hash.libraryType, &oidLength)
        var key = [UInt8](repeating: 0, count: 64)
        var length = key.count
        let text = Array(passphrase.utf8)
        generate_Ku(oid, u_int(oidLength), text, text.count, &key, &length)
        return Array(key.prefix(length))
    }

    @Test("every pair of protocols is offered here", arguments: SNMPUser.Authentication.allCases)
    func protocols(hash: SNMPUser.Authentication) {
        Library.exclusively {
            let keys = MasterKeys()
            for cipher in SNMPUser.Privacy.allCases {
                let secret = Secret("maplesyrup")
                let user = SNMPUser(name: "u", authentication: (hash, secret), privacy: (cipher, secret))
                #expect(LocalizedUser(user, engineID: [0x80, 0, 0, 0, 1, 2], keys: keys) != nil)
            }
        }
    }
}
