// What script/fuzz does at length, over the seeds and near them, without libFuzzer. A finding ends the test run.

import Foundation
import TestSupport
import Testing

@Suite("The fuzzer's targets")
struct SeedTests {
    private static let names = FuzzTarget.all.map(\.name)

    /// The seeds of `target`, in the order of their names.
    private func seeds(of target: FuzzTarget) throws -> [[UInt8]] {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = package.appendingPathComponent(target.seeds)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.map(\.path).sorted().map { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
    }

    @Test("take some of their seeds, refuse others, and survive all", arguments: names)
    func replay(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let outcomes = try seeds(of: target).map(target.read)

        #expect(outcomes.contains(.taken))
        // Of profiles, all those that are built in are good.
        if target.name != "profile" { #expect(outcomes.contains(.refused)) }
    }

    @Test("survive what is close to a seed", arguments: names)
    func mutate(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        var random = SeededGenerator(seed: 1)
        let seeds = try seeds(of: target).filter { $0.count <= target.longest }
        for round in 0..<200 {
            _ = target.read(damaged(seeds[round % seeds.count], &random))
        }
    }

    /// Some bytes changed, taken out, doubled or cut off.
    private func damaged(_ seed: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(16), at: place)
            default: bytes.removeLast(min(bytes.count, Int.random(in: 0...12, using: &random)))
            }
        }
        return bytes
    }
}
