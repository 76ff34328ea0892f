internal import CZlib

/// The checksum of gzip, Ethernet and zip (CRC-32, ISO 3309), of bytes as they come.
package struct CRC32: Hashable, Sendable {
    /// The checksum of what was entered so far; 0 of nothing.
    package private(set) var value: UInt32

    /// The checksum of nothing, or of what had the checksum `value`, to be gone on with.
    package init(_ value: UInt32 = 0) {
        self.value = value
    }

    /// Enters `bytes`.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // Of a null address zlib answers the checksum of nothing at all.
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        value = UInt32(
            truncatingIfNeeded: crc32_z(UInt(value), start.assumingMemoryBound(to: UInt8.self), bytes.count)
        )
    }

    /// Enters `bytes`.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }
}
