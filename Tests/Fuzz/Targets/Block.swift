// Packed readings: a row of a database that a disk may have changed.

import Basics
import Zlib

@testable import Storage

extension FuzzTarget {
    /// A row of the table of blocks: eleven bytes of numbers, of which one says which columns follow, then powers up to
    /// a NUL, then measurements as they are packed or, so that a checksum is no wall, as they are before that.
    static let block = FuzzTarget("block", longest: 3000) { input in
        guard let block = block(of: input) else { return .refused }
        do {
            var cursor = try BlockCursor(block)
            var count = 0
            while let reading = cursor.reading {
                precondition(reading.element == block.element)
                count += 1
                precondition(count <= block.slots, "more readings than slots")
                try cursor.advance()
            }
            try skipAbout(in: block)
            return .taken
        } catch let error as DamagedBlock {
            precondition(error.element == block.element && !error.description.isEmpty)
            return .refused
        } catch {
            preconditionFailure("an error of another kind: \(error)")
        }
    }

    /// Goes to some moments of `block` and beyond it.
    private static func skipAbout(in block: ReadingBlock) throws {
        for slot in [0, 1, block.slots / 2, block.slots - 1, block.slots] {
            let time = UnixTime(block.start.seconds &+ Int64(slot) &* block.step)
            var cursor = try BlockCursor(block)
            try cursor.skip(to: time)
            if let reading = cursor.reading { precondition(reading.time >= time, "skipped too little") }
        }
    }

    private static func block(of input: [UInt8]) -> ReadingBlock? {
        guard input.count >= 11 else { return nil }
        let columns = input[10]
        let rest = input[11...].split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let powers = Array(rest[0])
        let bytes = rest.count > 1 ? Array(rest[1]) : []
        let measurements = columns & 4 == 0 ? [PackedMeasurements.version] + deflate(bytes, level: 1) : bytes
        return ReadingBlock(
            element: 1,
            start: UnixTime(columns & 8 == 0 ? 1_774_742_400 : .max - Int64(input[8])),
            step: number(input[0..<2]) << (columns & 16 == 0 ? 0 : 46),
            slots: Int(number(input[2..<4])) << (columns & 32 == 0 ? 0 : 46),
            powerUnit: number(input[4..<6]) << (columns & 64 == 0 ? 0 : 46),
            power: columns & 1 == 0 ? nil : powers,
            measurements: columns & 2 == 0 ? nil : measurements
        )
    }

    /// A number of two bytes, the higher one first, with a sign.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(Int16(truncatingIfNeeded: bytes.reduce(0) { $0 << 8 | Int($1) }))
    }
}
