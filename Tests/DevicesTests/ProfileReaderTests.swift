import Basics
import MIB
import Metering
import TestSupport
import Testing

@testable import Devices

/// A profile that uses every key of the language, for spoiling.
private let complete = """
    name: acme-2
    description: ACME PDUs
    vendor: ACME
    recognise:
      priority: 400
      object_ids: [1.3.6.1.4.1.99999]
      descriptions: [acme]
      answers: 1.3.6.1.4.1.99999.1.0
    absent: [-1, none]
    description_marks: { model: "M:" }
    pdu:
      - values:
          name: 1.3.6.1.4.1.99999.1.1.0
          power: { object: 1.3.6.1.4.1.99999.1.2.0, scale: 10, estimated_with: 1.3.6.1.4.1.99999.9.0 }
          energy: { object: 1.3.6.1.4.1.99999.1.3.0, scale: 100, resolution: 100, maximum: 999999900 }
      - table: acmeUnitTable
        entry: 1.3.6.1.4.1.99999.2.1
        unit: 2
        host: { column: 3, is: [1, 2] }
        values: { model: 4 }
    outlets:
      - entry: 1.3.6.1.4.1.99999.3.1
        index: [unit, number]
        where:
          - { column: 5, is_not: [4, absent] }
        values:
          state: { column: 2, on: [1], off: [0] }
          current: { column: 1.3.6.1.4.1.99999.4.1.7, scale: 0.01, absent: [-1, 0] }
      - fallback: true
        entry: 1.3.6.1.4.1.99999.5.1
        number: 1
        values: { name: 2 }
    estimate:
      nominal_voltage: 1.3.6.1.4.1.99999.9.0
      line_to_line: true
      power_factor: { object: 1.3.6.1.4.1.99999.10.0, scale: 0.001 }

    """

/// The problems of `text`, without the file's name.
private func problems(_ text: String) -> String {
    do throws(ProfileError) {
        _ = try ProfileReader.read(Array(text.utf8), file: "acme.yaml", objectID: nil)
        return ""
    } catch {
        return error.description
    }
}

@Suite("Reading a profile")
struct ProfileReaderTests {
    @Test("takes every key of the language")
    func everyKey() {
        #expect(problems(complete) == "")
    }

    @Test(
        "refuses what it does not understand, with line, key and what is allowed",
        arguments: [
            ("vendor: ACME", "vendr: ACME", "acme.yaml:3:1: vendr: unknown key"),
            ("name: acme-2", "name: ACME 2", "acme.yaml:1:7: name: expected a name of small letters"),
            (
                "priority: 400", "priority: high",
                "acme.yaml:5:13: recognise.priority: expected a whole number"
            ),
            (
                "answers: 1.3.6.1.4.1.99999.1.0", "answers: sysDescr",
                "recognise.answers: expected an object identifier"
            ),
            ("  answers: 1.3.6.1.4.1.99999.1.0\n", "", "recognise.answers: missing"),
            ("scale: 10,", "scale: ten,", "pdu[1].values.power.scale: expected what to multiply by"),
            ("scale: 10,", "scale: 0,", "pdu[1].values.power.scale: expected what to multiply by"),
            ("energy: {", "voltage: {", "pdu[1].values.voltage.resolution: unknown key"),
            (
                "resolution: 100, ", "",
                "pdu[1].values.energy.maximum: expected a multiple of the counter's resolution"
            ),
            (
                "maximum: 9", "maximum: -9",
                "pdu[1].values.energy.maximum: expected a number from 1 to 4294967296000"
            ),
            ("model: 4", "state: 4", "pdu[2].values.state: unknown key"),
            ("unit: 2", "unit: two", "pdu[2].unit: expected a column's number"),
            ("    unit: 2\n", "", "pdu[2].host: needs unit"),
            ("index: [unit, number]", "index: [unit, row]", "outlets[1]: give the row's number"),
            (
                "index: [unit, number]", "index: [unit, outlet]",
                "outlets[1].index[2]: expected number, unit, unit-text, kind, bank, phase, row, or a whole number"
            ),
            ("is_not: [4, absent]", "isnt: [4]", "outlets[1].where[1].isnt: unknown key"),
            ("on: [1], off: [0]", "on: [1], off: [1]", "outlets[1].values.state: 1 cannot mean both"),
            (
                "state: { column: 2, on: [1], off: [0] }", "state: 2",
                "outlets[1].values.state: say which values mean"
            ),
            (
                "column: 2, on", "object: 2, on",
                "outlets[1].values.state.object: expected an object identifier"
            ),
            (
                "  - fallback: true\n    entry: 1.3.6.1.4.1.99999.5.1", "  - fallback: true",
                "outlets[2].number: single objects have a fixed number"
            ),
            ("line_to_line: true", "line_to_line: perhaps", "estimate.line_to_line: expected true or false"),
            ("description: ACME PDUs", "description: [", "acme.yaml:"),
        ]
    )
    func refusal(original: String, replacement: String, message: String) {
        let text = complete.replacing(original, with: replacement)

        #expect(text != complete)
        #expect(problems(text).contains(message), "\(problems(text))")
    }

    @Test("takes a counter's documented maximum, and a reading carries it")
    func maximum() throws {
        let profile = try ProfileReader.read(Array(complete.utf8), file: "acme.yaml", objectID: nil)
        let energy = ObjectIdentifier([1, 3, 6, 1, 4, 1, 99_999, 1, 3, 0])
        var answers = Answers()
        answers.objects[energy] = .integer(7)
        let device = Introduction([:])
        var decoder = ReadingDecoder(profile: profile, answers: answers, introduction: device, log: nil)
        decoder.decode(profile.sources)

        let whole = try #require(decoder.units[0]?.elements[.wholePDU])
        #expect(whole.energy == FixedPoint(700))
        #expect(whole.energyResolution == FixedPoint(100))
        #expect(whole.energyMaximum == FixedPoint(999_999_900))
    }

    @Test("refuses a profile that reads nothing")
    func empty() {
        #expect(
            problems("name: x\ndescription: y\nrecognise: { answers: 1.3.6.1.4.1 }\n").contains(
                "nothing to read"
            )
        )
        #expect(problems("").contains("name: missing"))
        #expect(problems("[]").contains("expected a mapping"))
    }

    @Test("reads or refuses damaged files, never anything else", arguments: 0..<UInt64(30))
    func damage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let samples = [Array(complete.utf8)] + BuiltInProfiles.files.map(\.bytes)
        for round in 0..<30 {
            let bytes = damaged(samples[round % samples.count], &random)
            do throws(ProfileError) {
                let profile = try ProfileReader.read(bytes, file: "fuzz.yaml", objectID: nil)
                #expect(!profile.sources.isEmpty)
            } catch {
                #expect(!error.problems.isEmpty && error.problems.allSatisfy { !$0.message.isEmpty })
            }
        }
    }

    /// Some bytes changed, removed or doubled; words swapped for others of the language.
    private func damaged(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        let words = [
            "values", "entry", "column: 5", "absent", "[", "}", "- ", "\t", "1.3.6", "\u{0}", "&a", "? ",
        ]
        var bytes = original
        for _ in 0..<Int.random(in: 1...6, using: &random) where bytes.count > 40 {
            let place = Int.random(in: 0..<(bytes.count - 20), using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<(place + Int.random(in: 1...20, using: &random)))
            case 2: bytes.insert(contentsOf: bytes[place..<(place + 20)], at: place)
            default: bytes.insert(contentsOf: (words.randomElement(using: &random) ?? "").utf8, at: place)
            }
        }
        return bytes
    }
}
