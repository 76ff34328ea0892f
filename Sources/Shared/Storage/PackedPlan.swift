// A plan in the database: behind a checksum, and compressed only where it is long. At each poll ten thousand of them
// are read, most of them of some hundred bytes, for which making a decompressor costs more than it saves.

import Zlib

/// The form of a plan in the database: the CRC-32 of the rest, low byte first, a byte that says how the rest is
/// written, and the rest.
enum PackedPlan {
    /// The longest plan, or kind, that is given back, in bytes: far more than any device needs.
    static let longest = 4 << 20
    /// Plans of fewer bytes are not compressed.
    private static let longestPlain = 4096
    private static let plain: UInt8 = 0
    private static let compressed: UInt8 = 1

    /// `plan` as it is stored.
    static func pack(_ plan: [UInt8]) -> [UInt8] {
        let rest = plan.count < longestPlain ? [plain] + plan : [compressed] + deflate(plan)
        return checksum(rest[...]) + rest
    }

    /// The plan that is stored as `bytes`; nil when they are damaged.
    static func unpack(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 5, checksum(bytes[4...]).elementsEqual(bytes[..<4]) else { return nil }
        let rest = bytes[5...]
        return bytes[4] == plain ? Array(rest) : try? inflate(Array(rest), limit: longest)
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var sum = CRC32()
        bytes.withUnsafeBytes { sum.update($0) }
        return (0..<4).map { UInt8(truncatingIfNeeded: sum.value >> (8 * $0)) }
    }
}
