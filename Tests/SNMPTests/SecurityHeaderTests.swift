import TestSupport
import Testing

@testable import SNMP

@Suite("SecurityHeader") struct SecurityHeaderTests {
    /// A report as an agent sends it: engine ID 80 00 1f 88 05, boots 7, time 300, no user.
    private static let report: [UInt8] =
        sequence(
            [0x02, 1, 3]
                + sequence([0x02, 1, 9, 0x02, 2, 0x05, 0xDC, 0x04, 1, 0, 0x02, 1, 3])
                + octets(
                    sequence(
                        octets([0x80, 0x00, 0x1F, 0x88, 0x05]) + [0x02, 1, 7, 0x02, 2, 0x01, 0x2C]
                            + octets([]) + octets([]) + octets([])
                    )
                )
                + sequence([0x05, 0])
        )

    private static func sequence(_ content: [UInt8]) -> [UInt8] { [0x30, UInt8(content.count)] + content }
    private static func octets(_ content: [UInt8]) -> [UInt8] { [0x04, UInt8(content.count)] + content }

    @Test("engine, boots and time are read from the clear part")
    func report() throws {
        let header = try #require(SecurityHeader(Self.report))

        #expect(header.engineID == [0x80, 0x00, 0x1F, 0x88, 0x05])
        #expect(header.boots == 7)
        #expect(header.time == 300)
    }

    @Test("lengths in the long form are understood")
    func longForm() {
        let long = [0x30, 0x82, 0, UInt8(Self.report.count - 2)] + Self.report.dropFirst(2)

        #expect(SecurityHeader(long) == SecurityHeader(Self.report))
    }

    @Test("a message that ends early has no header", arguments: 0..<40)
    func truncated(count: Int) {
        #expect(SecurityHeader(Array(Self.report.prefix(count))) == nil)
    }

    @Test("a message of SNMPv2c has none")
    func otherVersion() {
        var message = Self.report
        message[4] = 1

        #expect(SecurityHeader(message) == nil)
    }

    @Test("negative boots and engine IDs beyond 32 bytes are refused")
    func outOfRange() throws {
        var message = Self.report
        let boots = try #require(message.firstIndex(of: 7))
        message[boots] = 0xFF

        #expect(SecurityHeader(message) == nil)
    }

    @Test("no bytes at all make it stumble", arguments: [1, 2, 3, 4] as [UInt64])
    func random(seed: UInt64) {
        var source = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            var message = Self.report
            for _ in 0..<Int.random(in: 1...6, using: &source) {
                message[Int.random(in: message.indices, using: &source)] = .random(
                    in: 0...255,
                    using: &source
                )
            }
            if let header = SecurityHeader(message) {
                #expect(header.engineID.count <= 32)
                #expect(header.boots >= 0 && header.time >= 0)
            }
        }
    }
}
