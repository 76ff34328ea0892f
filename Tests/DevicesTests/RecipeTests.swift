// A recipe is a short cut, never another opinion: whatever a device answers, the reading by the recipe is the one that
// the decoder makes of the same answers.

import Foundation
import MIB
import Metering
import TestSupport
import Testing

@testable import Devices

@Suite("A recipe")
struct RecipeTests {
    /// What became of a recording's device, read in full.
    private struct Learned {
        let conversation: DeviceConversation
        let plan: DevicePlan

        /// Nil where there is no plan: of what is no PDU.
        init?(_ walk: RecordedWalk) {
            conversation = decode(recording: walk, catalog: builtIn)
            guard let plan = conversation.newPlan else { return nil }
            self.plan = plan
        }

        /// What moves, as `walk` has it; nil when something is not there.
        func inputs(of walk: RecordedWalk) -> ReadingRecipe.Inputs? {
            let moving = plan.kind.moving.compactMap { walk[$0] }
            guard moving.count == plan.kind.moving.count else { return nil }
            return ReadingRecipe.Inputs(moving: moving, settled: plan.settled)
        }

        /// The reading of `inputs` by the recipe; nil when that does not hold.
        func short(_ inputs: ReadingRecipe.Inputs, _ hints: DeviceHints = DeviceHints()) -> DeviceReading? {
            let description = Introduction.description(plan.settledValue(of: Introduction.sysDescr))
            return plan.kind.recipe?.reading(inputs, description: { description }, hints: hints)
        }

        /// The reading of `inputs` by the profile.
        func long(_ inputs: ReadingRecipe.Inputs) -> DeviceReading? {
            conversation.generalReading(plan, inputs)
        }
    }

    @Test(
        "gives what the full reading gave, of every family, and comes back from bytes as it was",
        arguments: recordings
    )
    func same(recording: String) throws {
        guard let walk = try? walk(recording), let learned = Learned(walk) else {
            // Of what is no PDU there is no plan; that each fixture is one is tested elsewhere.
            try #require(!recording.hasPrefix(fixturesDirectory))
            return
        }
        let inputs = try #require(learned.inputs(of: walk))
        let reading = try learned.conversation.result?.get()

        #expect(learned.plan.kind.recipe != nil)
        #expect(learned.short(inputs) == reading)
        #expect(learned.long(inputs) == reading)
        let again = try #require(DeviceKind(learned.plan.kind.bytes))
        #expect(again.recipe == learned.plan.kind.recipe)
        #expect(again.moving == learned.plan.kind.moving)
        #expect(again.bytes == learned.plan.kind.bytes)
    }

    @Test(
        "gives what the decoder gives of the same answers, whatever they are, or nothing",
        arguments: recordings
    )
    func property(recording: String) throws {
        guard let walk = try? walk(recording), let learned = Learned(walk),
            let inputs = learned.inputs(of: walk), !inputs.moving.isEmpty
        else { return }
        var random = SeededGenerator(seed: UInt64(recording.utf8.count) &+ 17)
        var shortCuts = 0
        for round in 0..<12 {
            var moving = inputs.moving
            // From a few values that change to all of them.
            let share = round < 4 ? 10 : round < 8 ? 3 : 1
            for place in moving.indices where Int.random(in: 0..<share, using: &random) == 0 {
                moving[place] = Self.other(moving[place], &random)
            }
            let changed = ReadingRecipe.Inputs(moving: moving, settled: inputs.settled)
            guard let short = learned.short(changed) else { continue }
            shortCuts += 1
            #expect(short == learned.long(changed))
        }
        // Where no row depends on a value that moves, there is a short cut for most answers.
        if learned.plan.kind.recipe?.assumptions.isEmpty == true,
            learned.plan.kind.recipe?.fallbacks.isEmpty == true
        {
            #expect(shortCuts >= 8)
        }
    }

    /// Another value in the place of `value`: a number that may be, one that means "not there", or nonsense.
    private static func other(_ value: SNMPValue, _ random: inout SeededGenerator) -> SNMPValue {
        let numbers: [Int64] = [-1, 0, 1, 2, 3, 7, 100, 230, 4711, 65_535, -2_147_483_648, 9_000_000_000_000]
        let number = numbers.randomElement(using: &random) ?? 0
        let texts = ["", "on", "off", "12.5 W", "n/a", "17", "-3.5", "notsupported", "\u{0}", "1,2,1,1"]
        let text = Array((texts.randomElement(using: &random) ?? "").utf8)
        switch (value, Int.random(in: 0..<10, using: &random)) {
        case (_, 0): return .null
        case (_, 1): return .octets(text)
        case (.octets, 2...8): return .octets(text)
        case (.unsigned, 2...8): return .unsigned(UInt64(number.magnitude))
        default: return .integer(number)
        }
    }
}

private func walk(_ path: String) throws -> RecordedWalk {
    try RecordedWalk(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path))), file: path)
}

private let fixturesDirectory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "devices/fixtures").path()

/// The recordings of our own making; and where `PDU_RECORDINGS` names a directory, all those in it.
private let recordings: [String] = {
    let directories = [fixturesDirectory, ProcessInfo.processInfo.environment["PDU_RECORDINGS"]].compactMap {
        $0
    }
    return directories.flatMap { directory in
        let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".snmprec") || $0.hasSuffix(".walk") }.sorted().map {
            "\(directory)/\($0)"
        }
    }
}()
