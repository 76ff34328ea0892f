// A short run of what script/fuzz does at length: profiles with some bytes or lines changed are read or refused with a
// place, quickly, and nothing else happens.

import TestSupport
import Testing

@testable import Devices

@Suite("Damaged profiles")
struct ProfileFuzzTests {
    /// What mutations put in: the signs of YAML, numbers that are too large, words of the profile language.
    private static let fragments = [
        "&a", "*a", "!!x", "|\n", ">\n", "? ", "- ", ": ", "{", "}", "[", "]", "\"", "'", "#", "\t", "\u{0}",
        "\u{FEFF}",
        "99999999999999999999", "-1", "1e309", "0.0000001", "4294967296", "1.3.6.1.4294967296", "..", "null",
        "~",
        "number", "unit", "index: [number, number, number]", "scale: 0", "like: \"*#@{*}\"", "sysObjectID.1",
        "plus: { column: 1 }", "when: []", "---\n", "...\n", "é",
    ].map { Array($0.utf8) }

    @Test("are read or refused with a place, never anything else", arguments: 0..<UInt64(8))
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let files = BuiltInProfiles.files
        for round in 0..<120 {
            let file = files[(round * 8 + Int(seed)) % files.count]
            let bytes = damaged(file.bytes, &random)
            do throws(ProfileError) {
                _ = try ProfileReader.read(bytes, file: "fuzz.yaml", objectID: nil)
            } catch {
                #expect(!error.problems.isEmpty && error.problems.allSatisfy { $0.file == "fuzz.yaml" })
            }
        }
    }

    @Test("may be nested as deep, or refer to themselves as often, as they like", arguments: 0..<6)
    func bombs(kind: Int) {
        let text =
            switch kind {
            case 0: String(repeating: "[", count: 100_000)
            case 1: String(repeating: "{a: ", count: 50_000)
            case 2: String(repeating: "- ", count: 100_000)
            case 3:
                // Each line is ten times the one before.
                "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
                    + zip("abcdefgh", "bcdefghi").map {
                        "\($1): &\($1) [\(Array(repeating: "*\($0)", count: 10).joined(separator: ","))]\n"
                    }
                    .joined()
            case 4: "name: " + String(repeating: "x", count: 500_000)
            default: (0..<2000).map { "k\($0): 1\n" }.joined()
            }
        #expect(throws: ProfileError.self) {
            try ProfileReader.read(Array(text.utf8), file: "fuzz.yaml", objectID: nil)
        }
    }

    /// Bytes changed, fragments put in, lines taken out, doubled, swapped or shifted.
    private func damaged(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var lines = original.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(
            Array.init
        )
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: lines.indices, using: &random)
            let other = Int.random(in: lines.indices, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: lines.swapAt(place, other)
            case 1: lines[place] = lines[other]
            case 2: lines[place] = []
            case 3: lines[place].insert(contentsOf: Array(repeating: 0x20, count: 2), at: 0)
            case 4: lines[place] = Array(lines[place].drop { $0 == 0x20 })
            case 5:
                let at = Int.random(in: 0...lines[place].count, using: &random)
                lines[place].insert(contentsOf: Self.fragments.randomElement(using: &random) ?? [], at: at)
            default:
                guard !lines[place].isEmpty else { continue }
                let at = Int.random(in: lines[place].indices, using: &random)
                lines[place][at] = UInt8.random(in: 0...255, using: &random)
            }
        }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
}
