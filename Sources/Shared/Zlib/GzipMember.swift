// Writing gzip (RFC 1952). A gzip file may consist of many members, one after another, which every tool reads as
// one text; so a file can be appended to without touching what it has.

internal import CZlib
import Glibc

/// One gzip member on its way to the end of a file.
package final class GzipMember {
    // zlib keeps the stream's address, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let descriptor: Int32
    private let path: String
    private var room = [UInt8](repeating: 0, count: 65_536)
    /// How many compressed bytes were written.
    package private(set) var length: Int64 = 0
    /// The checksum of the compressed bytes, and of what was before them.
    package private(set) var checksum: CRC32

    /// A member to be written to `descriptor`, which stays open, and is that of the file at `path`.
    ///
    /// `checksum` is that of the file so far. `level` is from 1 (fast) to 9 (small).
    package init(
        appendingTo descriptor: Int32,
        path: String,
        checksum: CRC32 = CRC32(),
        level: Int32 = 6
    ) throws(ZlibError) {
        self.descriptor = descriptor
        self.path = path
        self.checksum = checksum
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_start_gzip(stream, level) == Z_OK else {
            throw ZlibError(.outOfMemory, path: path, "no memory to compress in")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Adds `bytes`.
    package func write(_ bytes: [UInt8]) throws(ZlibError) {
        try push(bytes, Z_NO_FLUSH)
    }

    /// Ends the member; nothing can be added then.
    package func finish() throws(ZlibError) {
        try push([], Z_FINISH)
    }

    private func push(_ bytes: [UInt8], _ flush: Int32) throws(ZlibError) {
        var rest = bytes[...]
        while true {
            let (left, produced, code) = step(rest, flush)
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
                throw ZlibError(.damaged, path: path, "the member has been ended already")
            }
            rest = rest.suffix(left)
            try put(produced)
            let isDone = flush == Z_FINISH ? code == Z_STREAM_END : left == 0 && produced < room.count
            if isDone { return }
        }
    }

    /// Lets zlib take of `input` what it can: how much is left, and how much came out.
    private func step(_ input: ArraySlice<UInt8>, _ flush: Int32) -> (left: Int, produced: Int, code: Int32) {
        let taken = input.prefix(1 << 30)
        let code = taken.withUnsafeBufferPointer { source in
            room.withUnsafeMutableBufferPointer { target in
                stream.pointee.next_in = source.baseAddress
                stream.pointee.avail_in = UInt32(clamping: source.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(clamping: target.count)
                return CZlib.deflate(stream, flush)
            }
        }
        let left = input.count - taken.count + Int(stream.pointee.avail_in)
        return (left, room.count - Int(stream.pointee.avail_out), code)
    }

    /// Writes the first `count` bytes that came out.
    private func put(_ count: Int) throws(ZlibError) {
        var written = 0
        while written < count {
            let result = room.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, count - written)
            }
            if result < 0 && errno == EINTR { continue }
            guard result > 0 else { throw ZlibError(system: result < 0 ? errno : EIO, path: path) }
            written += result
        }
        room.withUnsafeBytes { bytes in checksum.update(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
        length += Int64(count)
    }
}

@available(*, unavailable)
extension GzipMember: Sendable {}
