// Small things in memory: a row's worth of packed readings. The form is zlib's (RFC 1950), whose checksum finds
// what a disk has changed.

internal import CZlib

/// `bytes` in fewer bytes, as a zlib stream (RFC 1950).
///
/// `level` is from 1 (fast) to 9 (small).
package func deflate(_ bytes: [UInt8], level: Int32 = 9) -> [UInt8] {
    var length = compressBound(UInt(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
        let code = bytes.withUnsafeBufferPointer { source in
            compress2(buffer.baseAddress, &length, source.baseAddress, UInt(source.count), level)
        }
        // With as much room as it can need, only memory can be lacking; arrays end the program then, too.
        precondition(code == Z_OK, "no memory to compress in")
        count = Int(length)
    }
}

/// What `deflate` made `bytes` of, which is at most `limit` bytes long.
///
/// Throws `ZlibError`: `damaged`, `truncated`, `tooLong`.
package func inflate(_ bytes: [UInt8], limit: Int) throws(ZlibError) -> [UInt8] {
    let stream = try Inflater(.zlib, path: nil)
    var output: [UInt8] = []
    var room = [UInt8](repeating: 0, count: min(max(limit, 1), max(256, bytes.count * 4)))
    var rest = bytes[...]
    while true {
        let step = try stream.step(rest, into: &room)
        output += room[..<step.produced]
        guard output.count <= limit else {
            throw ZlibError(.tooLong, "more comes out than the \(limit) bytes that were expected")
        }
        rest = rest.dropFirst(step.consumed)
        if step.isAtEnd {
            guard rest.isEmpty else { throw ZlibError(.damaged, "something follows the compressed bytes") }
            return output
        }
        guard step.produced > 0 || step.consumed > 0 else {
            throw ZlibError(.truncated, "the compressed bytes end too early")
        }
    }
}
