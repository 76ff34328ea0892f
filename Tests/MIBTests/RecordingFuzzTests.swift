import MIB
import TestSupport
import Testing

@Suite("Damaged recordings")
struct RecordingFuzzTests {
    private static let samples = [
        """
        .1.3.6.1.2.1.1.1.0 = STRING: "APC Web/SNMP \\"card\\"
        second line"
        .1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.318.1.3.4.6
        .1.3.6.1.2.1.1.3.0 = Timeticks: (165328600) 19 days, 3:14:46.00
        .1.3.6.1.2.1.2.2.1.6.2 = Hex-STRING: 00 C0 B7 E1 82 78
         41 42
        .1.3.6.1.2.1.2.2.1.8.2 = INTEGER: up(1)
        .1.3.6.1.4.1.318.1.1.12.2.3.1.1.2.1 = Wrong Type (should be INTEGER): Gauge32: 49
        .1.3.6.1.9 = IpAddress: 192.0.2.1
        """,
        """
        .1.3.6.1.2.1.1.1.0 "APC
        Web"
        .1.3.6.1.2.1.1.2.0 .1.3.6.1.4.1.318.1.3.4.6
        .1.3.6.1.2.1.1.3.0 19:3:14:46.00
        .1.3.6.1.9.1 "00 C0 B7 "
        .1.3.6.1.9.2 -.05 amps
        .1.3.6.1.9.3 12.300000
        """,
        """
        .1.3.6.1.9.1 = Hex-STRING: 00 0A 41   [.
        A]
        .1.3.6.1.9.2 = BITS: 00 21 ten(10) fifteen(15)
        .1.3.6.1.9.3 = Opaque: Float: 12.300000
        .1.3.6.1.9.4 = OPAQUE: 9F 78 04 41 44 CC CD
        .1.3.6.1.9.5 = STRING: "units" watts
        """,
        "1.3.6.1.2.1.1.1.0|4|APC | text\n1.3.6.1.2.1.1.2.0|6|1.3.6\n1.3.9.1|4x|00ff\n1.3.9.2|64e|\\xc0\\x00\\x02\\x01\n1.3.9.3|68x|9f780444444444\n",
    ]

    @Test("are read or refused with a line of the file, never anything else", arguments: 0..<UInt64(40))
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<100 {
            let bytes = damaged(Array(Self.samples[round % Self.samples.count].utf8), &random)
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).count
            do throws(RecordingError) {
                let walk = try RecordedWalk(parsing: bytes, file: "fuzz")
                let identifiers = walk.bindings.map(\.identifier)
                #expect(zip(identifiers, identifiers.dropFirst()).allSatisfy { $0 < $1 })
            } catch {
                #expect((1...max(1, lines)).contains(error.line) && !error.message.isEmpty)
            }
        }
    }

    @Test("may be as long in any direction as they like", .timeLimit(.minutes(1)), arguments: 0..<8)
    func lengths(kind: Int) {
        let object = ".1.3.6.1.9.1 = "
        let text =
            switch kind {
            case 0: object + "BITS: " + String(repeating: "FF ", count: 100_000)
            case 1: object + "STRING: \"" + String(repeating: "x\n", count: 100_000)
            case 2: object + "STRING: " + String(repeating: "\n", count: 200_000)
            case 3: object + "Hex-STRING: " + String(repeating: "00 \n", count: 50_000)
            case 4: object + "Hex-STRING: 00   [" + String(repeating: "\n", count: 50_000)
            case 5: "." + String(repeating: "1.", count: 100_000) + "1 = INTEGER: 1"
            case 6: object + "INTEGER: " + String(repeating: "9", count: 100_000)
            default: String(repeating: ".1.3.6.1 \"\n", count: 20_000)
            }
        _ = try? RecordedWalk(parsing: Array(text.utf8), file: "fuzz")
    }

    /// Some bytes changed, removed, doubled, or cut off.
    private func damaged(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
            case 3: bytes[place] = Array("\"\\|:=.()\n\r 0x".utf8).randomElement(using: &random) ?? 0
            default: bytes.removeLast(min(bytes.count, Int.random(in: 0...30, using: &random)))
            }
        }
        return bytes
    }
}
