import TestSupport
import Testing
import Zlib

@Suite("Compressing in memory")
struct DeflateTests {
    @Test(
        "gives back what it was given, of any length and kind",
        arguments: [0, 1, 2, 255, 256, 5000, 300_000]
    )
    func roundTrip(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let pattern = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }

        for bytes in [noise, pattern, [UInt8](repeating: 7, count: count)] {
            #expect(try inflate(deflate(bytes), limit: count) == bytes)
        }
    }

    @Test("takes less room for what repeats")
    func shrinks() {
        let bytes = (0..<1440).map { UInt8(truncatingIfNeeded: $0 % 12) }

        #expect(deflate(bytes).count < 60)
    }

    @Test("refuses what is longer than was allowed")
    func limit() {
        let compressed = deflate([UInt8](repeating: 0, count: 1_000_000))

        #expect(thrown(ZlibError.self) { try inflate(compressed, limit: 999_999) }?.code == .tooLong)
    }

    @Test("refuses every prefix of a stream")
    func truncated() {
        let compressed = deflate(Array("a counter moves once an hour".utf8))

        for count in 0..<compressed.count {
            let error = thrown(ZlibError.self) { try inflate(Array(compressed[..<count]), limit: 100) }
            #expect(error?.code == .truncated)
        }
    }

    @Test("refuses a stream with a byte changed, unless in bits that mean nothing, or with one byte more")
    func damaged() {
        let bytes = Array("a counter moves once an hour".utf8)
        let compressed = deflate(bytes)
        var refusals = 0

        for index in compressed.indices {
            var changed = compressed
            changed[index] ^= 0x10
            let answer = try? inflate(changed, limit: 100)
            #expect(answer == nil || answer == bytes)
            if answer == nil { refusals += 1 }
        }
        #expect(refusals >= compressed.count - 1)
        #expect(thrown(ZlibError.self) { try inflate(compressed + [0], limit: 100) }?.code == .damaged)
    }

    @Test("has the checksum that everybody has, in any number of pieces")
    func checksum() {
        // The check value of CRC-32/ISO-HDLC.
        var whole = CRC32()
        whole.update(Array("123456789".utf8))
        var pieces = CRC32()
        pieces.update(Array("1234".utf8))
        pieces.update([])
        pieces = CRC32(pieces.value)
        pieces.update(Array("56789".utf8))

        #expect(whole.value == 0xCBF4_3926)
        #expect(pieces == whole)
        #expect(CRC32().value == 0)
    }
}
