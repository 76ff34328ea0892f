internal import CZlib

/// One of zlib's streams on the way out, with what its functions return put into Swift's terms.
final class Inflater {
    /// How the stream is wrapped.
    enum Form {
        /// RFC 1950.
        case zlib
        /// RFC 1952, one member at a time.
        case gzip
    }

    /// What one step came to.
    struct Step {
        let consumed: Int
        let produced: Int
        /// Whether the stream, or member, is at its end, and its checksum right.
        let isAtEnd: Bool
    }

    // zlib keeps the stream's address, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let path: String?

    /// A stream of `form`, of the file at `path` or, without one, of memory.
    init(_ form: Form, path: String?) throws(ZlibError) {
        self.path = path
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = form == .gzip ? czlib_start_gunzip(stream) : czlib_start_inflate(stream)
        // deinit runs even so, and zlib takes a stream that did not start.
        guard code == Z_OK else { throw ZlibError(.outOfMemory, path: path, "no memory to decompress in") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Takes what it can of `input`, and puts out what fits into `output`.
    func step(_ input: ArraySlice<UInt8>, into output: inout [UInt8]) throws(ZlibError) -> Step {
        let code = input.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.pointee.next_in = source.baseAddress
                stream.pointee.avail_in = UInt32(clamping: source.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(clamping: target.count)
                return inflate(stream, Z_NO_FLUSH)
            }
        }
        let step = Step(
            consumed: min(input.count, Int(UInt32.max)) - Int(stream.pointee.avail_in),
            produced: min(output.count, Int(UInt32.max)) - Int(stream.pointee.avail_out),
            isAtEnd: code == Z_STREAM_END
        )
        switch code {
        case Z_OK, Z_STREAM_END, Z_BUF_ERROR: return step
        case Z_MEM_ERROR: throw ZlibError(.outOfMemory, path: path, "no memory to decompress in")
        default:
            let words = stream.pointee.msg.map { String(cString: $0) } ?? "not a stream of its kind"
            throw ZlibError(.damaged, path: path, "the compressed bytes are damaged (\(words))")
        }
    }

    /// Begins another stream, or member.
    func reset() {
        inflateReset(stream)
    }
}
