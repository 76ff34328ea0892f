// Recordings of real devices, replayed and compared with what third parties decode from them. The recordings lie
// beside the project and are not part of it; without them these tests are skipped, and say so.

import Foundation
import MIB
import Metering
import TestSupport
import Testing

@testable import Devices

private let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("../shared/devices").standardizedFileURL

/// A recording and what is expected of it.
struct Recording: CustomTestStringConvertible, Sendable {
    let name: String
    private let data: Data

    var expected: JSON { JSON(value: try? JSONSerialization.jsonObject(with: data)) }

    var testDescription: String { name }

    func walk() throws -> RecordedWalk {
        let file = folder.appendingPathComponent(name + ".snmprec")
        return try RecordedWalk(parsing: [UInt8](try Data(contentsOf: file)), file: file.lastPathComponent)
    }

    /// Every recording of the folder.
    static let all: [Recording] = {
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".expected.json") }.sorted().compactMap { path in
            let name = String(path.dropLast(".expected.json".count))
            let data = FileManager.default.contents(atPath: folder.appendingPathComponent(path).path)
            return data.map { Recording(name: name, data: $0) }
        }
    }()

    /// Those that no built-in profile is meant for.
    static let unreadable = all.filter { !$0.isReadable }

    /// Whether one of the built-in profiles is meant for it.
    var isReadable: Bool {
        let mib = expected["mib"].text ?? ""
        return mib.hasPrefix("PowerNet") && mib.contains("rPDU")
    }
}

/// Single values that are known to differ, and why; each must really differ.
private let knownDifferences: [String: [String: String]] = [
    "apc/ap7900b": [
        "centreon mod1phase1#phase.current.ampere":
            "rPDU2 says 2.7 A, rPDU a moment later 2.8 A; AP79xxB is read by the latter",
        "mib_decode phase 1 current_A":
            "rPDU2 says 2.7 A, rPDU a moment later 2.8 A; AP79xxB is read by the latter",
    ]
]

/// The fewest values that are really compared, so that a change of the files' form cannot empty the test.
private let fewestCompared = ["apc/ap7900b": 11, "apc/ap8853": 19, "apc/ap8932": 148, "apc/ap8959eu3": 41]

@Suite(
    "Recordings of real devices",
    .enabled(if: !Recording.all.isEmpty, "skipped: there are no recordings in ../shared/devices")
)
struct RecordingReplayTests {
    @Test(
        "of APC rPDU and rPDU2 are decoded as third parties do",
        arguments: Recording.all.filter(\.isReadable)
    )
    func thirdParties(recording: Recording) throws {
        let reading = try decode(recording: recording.walk(), catalog: builtIn.get()).get()
        let known = knownDifferences[recording.name] ?? [:]
        var matched = 0
        var exempted: [String: Int] = [:]
        let expected = ExpectedValue.all(in: recording.expected)
        for value in expected {
            if case .exempt(let reason) = value.kind {
                exempted[reason, default: 0] += 1
                continue
            }
            let disagreement = value.disagreement(with: reading)
            if let reason = known[value.source] {
                #expect(disagreement != nil, "\(value.source) agrees now: no longer a known difference")
                exempted[reason, default: 0] += 1
            } else if let disagreement {
                Issue.record("\(recording.name): \(value.source): \(disagreement)")
            } else {
                matched += 1
            }
        }
        let reasons = exempted.sorted { $0.key < $1.key }.map { "\n    \($0.value) exempt: \($0.key)" }
            .joined()
        print("  \(recording.name): \(expected.count) values expected, \(matched) matched\(reasons)")
        #expect(matched >= fewestCompared[recording.name] ?? 1)
        #expect(reading.elements.allSatisfy { $0.hasOnlyPlausibleValues })
    }

    @Test("of every device can be parsed", arguments: Recording.all)
    func parsing(recording: Recording) throws {
        let walk = try recording.walk()

        #expect(walk.bindings.count >= 10)
    }

    @Test("of devices that no profile is for are refused, not misread", arguments: Recording.unreadable)
    func others(recording: Recording) throws {
        let error = thrown(DeviceError.self) {
            try decode(recording: recording.walk(), catalog: builtIn.get()).get()
        }

        #expect(error?.reason == .unsupportedDevice)
    }
}

extension ElementReading {
    /// Whether no value is negative, as a sentinel would be.
    fileprivate var hasOnlyPlausibleValues: Bool {
        [watts, voltAmperes, amperes, volts, factor, kilowattHours, ratedAmperes].allSatisfy {
            ($0 ?? 0) >= 0
        }
    }
}
