import Glibc

/// A file of this process's own that is gone when it is let go of.
final class ScratchFile {
    let path: String

    /// A file with `bytes` in it, which only its owner can read.
    init(holding bytes: [UInt8]) {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/pdu-fuzz-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        precondition(descriptor >= 0, "no room for a scratch file in \(folder)")
        precondition(write(descriptor, bytes, bytes.count) == bytes.count, "no room left in \(folder)")
        close(descriptor)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        unlink(path)
    }
}
