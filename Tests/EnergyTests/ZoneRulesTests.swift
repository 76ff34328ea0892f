import Basics
import Energy
import TestSupport
import Testing

@Suite("Zone files")
struct ZoneRulesTests {
    @Test("bytes that are no zone file are refused in words", arguments: [0, 3, 44, 60, 500])
    func cutShort(length: Int) throws {
        let whole = try SystemZone.rules(of: "Europe/London")

        #expect(throws: ZoneError.self) { try ZoneRules(tzif: Array(whole.prefix(length))) }
    }

    @Test("damaged zone files never crash")
    func damaged() throws {
        let whole = try SystemZone.rules(of: "America/St_Johns")
        var random = SeededGenerator(seed: 3)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
                    in: 0...255,
                    using: &random
                )
            }
            do { _ = try ZoneRules(tzif: bytes) } catch { refused += 1 }
        }
        #expect(refused > 0)
    }

    @Test(
        "names that climb out of the zone folder are no zones",
        arguments: ["../../../etc/passwd", "", "/etc/passwd", "Europe", ".", "Europe//London"]
    )
    func names(name: String) {
        #expect(throws: FileError.self) { try SystemZone.rules(of: name) }
    }

    @Test("rules have the same sum when their clocks stand alike since 2000, and only then")
    func checksum() throws {
        let sums = try ["Europe/London", "Europe/Lisbon", "Europe/Paris", "Etc/UTC"]
            .map { try ZoneRules(tzif: SystemZone.rules(of: $0)).checksum }

        // Lisbon left Central European Time in 1996.
        #expect(sums[0] == sums[1])
        #expect(Set(sums).count == 3)
    }
}
