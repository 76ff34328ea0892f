import Basics

@testable import Storage

extension FuzzTarget {
    /// The lines of an archive file: a reading that is taken is the same when it has been written and read.
    static let archive = FuzzTarget("archive", longest: 4000) { input in
        let names = PlaceNames([
            (.element(1), key: "left", kind: "pdu", number: 0),
            (.element(1_000_000), key: "left", kind: "outlet", number: 7),
            (.element(2), key: "a,\"b\"", kind: "pdu", number: 0),
            (.sensor(1), key: "left", kind: "sensor", number: 1),
        ])
        var decoder = ArchiveDecoder(names, elements: 1...2_000_000, includingSensors: true)
        var encoder = ArchiveEncoder(names)
        var outcome = Outcome.refused
        for line in input.split(separator: 0x0A) {
            guard case .reading(let reading)? = decoded(Array(line), by: &decoder) else { continue }
            outcome = .taken
            var written: [UInt8] = []
            precondition(encoder.append(reading, to: &written), "a place lost its name")
            precondition(written.suffix(2) == [0x0D, 0x0A])
            guard case .reading(let again)? = decoded(written.dropLast(), by: &decoder) else {
                preconditionFailure("what was written is not read")
            }
            precondition(again == reading, "\(reading) is read as \(again)")
        }
        return outcome
    }

    private static func decoded(_ line: [UInt8], by decoder: inout ArchiveDecoder) -> ArchiveDecoder.Line? {
        do throws(ArchiveDecoder.LineError) {
            return try decoder.decode(line)
        } catch {
            precondition(!error.message.isEmpty)
            return nil
        }
    }
}
