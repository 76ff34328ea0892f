import Glibc

/// The checksum of the first `length` bytes of the file at `path`.
///
/// Throws `ZlibError`: `truncated` when it is shorter.
package func checksum(ofFile path: String, length: Int64) throws(ZlibError) -> CRC32 {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ZlibError(system: errno, path: path) }
    defer { close(descriptor) }
    var checksum = CRC32()
    var remaining = length
    var chunk = [UInt8](repeating: 0, count: 262_144)
    while remaining > 0 {
        let count = read(descriptor, &chunk, Int(min(Int64(chunk.count), remaining)))
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw ZlibError(system: errno, path: path) }
        guard count > 0 else {
            throw ZlibError(
                .truncated,
                path: path,
                "the file is \(remaining) bytes shorter than it should be"
            )
        }
        chunk.withUnsafeBytes { bytes in checksum.update(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
        remaining -= Int64(count)
    }
    return checksum
}
