// The form of a spooled run: one file is one run, whole and checked, or it is refused.
//
//   bytes  what
//   8      "PDUspool"
//   4      the version of the form, 1
//   4      how long the run is when it is no longer compressed
//   …      the run, compressed (RFC 1950); RunCoding.swift says what is in it
//   4      the CRC-32 of all that is before
//
// Numbers have their lowest byte first. The checksum is of the head, too, so that no byte of the file can change
// unnoticed; the version comes before it at a place that no later form moves, so that a file of a newer program is
// told from a damaged one.

import Basics
package import Storage
import Zlib

/// Why the bytes of a file are no run.
package enum SpoolFormatError: Error, Hashable, Sendable {
    /// They are not what was written, with what is wrong.
    case damaged(String)
    /// Another program wrote them in a form of this number.
    case unknownVersion(UInt32)
}

extension SpoolFormatError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged(let detail): "it is damaged: \(detail)"
        case .unknownVersion(let version):
            "its form is \(version), of another version of this program; this one knows \(SpoolFormat.version)"
        }
    }
}

/// Files' bytes and what they mean.
package enum SpoolFormat {
    /// The number of the form.
    static let version: UInt32 = 1
    private static let magic = Array("PDUspool".utf8)
    /// Magic, version and length.
    private static let headLength = 16
    /// Longer runs are taken for damage: 256 MiB, ten times what 10,000 PDUs of 48 outlets have to say.
    private static let longestRun = 256 << 20

    /// The file of `waiting`.
    package static func encode(_ waiting: WaitingRun) -> [UInt8] {
        var body = ByteWriter()
        body.put(waiting)
        var head = ByteWriter()
        head.putFixed(version)
        head.putFixed(UInt32(clamping: body.bytes.count))
        // Six is half the time of nine, for a hundredth more.
        let bytes = magic + head.bytes + deflate(body.bytes, level: 6)
        var checksum = CRC32()
        checksum.update(bytes)
        var tail = ByteWriter()
        tail.putFixed(checksum.value)
        return bytes + tail.bytes
    }

    /// The run in the file `bytes`.
    package static func decode(_ bytes: [UInt8]) throws(SpoolFormatError) -> WaitingRun {
        let version: UInt32
        do throws(ByteMismatch) {
            guard bytes.count > headLength + 4 else { throw ByteMismatch("it is \(bytes.count) bytes long") }
            guard bytes.starts(with: magic) else { throw ByteMismatch("it does not begin as such a file does") }
            var head = ByteReader(bytes, from: magic.count)
            version = try head.fixed()
            if version == Self.version { return try run(in: bytes, length: try head.fixed()) }
        } catch {
            throw .damaged(error.description)
        }
        throw .unknownVersion(version)
    }

    /// The run in the file `bytes`, whose head says that it is `length` bytes long.
    private static func run(in bytes: [UInt8], length: UInt32) throws(ByteMismatch) -> WaitingRun {
        var checksum = CRC32()
        bytes.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0.dropLast(4))) }
        var tail = ByteReader(bytes, from: bytes.count - 4)
        guard try tail.fixed() == checksum.value else { throw ByteMismatch("its checksum is another") }
        guard length <= longestRun else { throw ByteMismatch("it says that it is \(length) bytes long") }
        let body: [UInt8]
        do {
            body = try inflate(Array(bytes[headLength..<bytes.count - 4]), limit: Int(length))
        } catch {
            throw ByteMismatch("\(error)")
        }
        guard body.count == Int(length) else { throw ByteMismatch("it is shorter than it says") }
        var reader = ByteReader(body)
        let waiting = try reader.waitingRun()
        guard reader.isAtEnd else { throw ByteMismatch("something follows the run") }
        return waiting
    }
}
