// Files of runs that wait: written by this program, but by one that may have been killed, on a disk that was full.

import Basics
import Zlib

@testable import Spool

extension FuzzTarget {
    /// A file of the spool.
    ///
    /// After a first byte of 1 it is as it is, and otherwise what is in it before it is compressed and summed up, so that
    /// the checksum is no wall. A run that is taken is the same when it has been written and read.
    static let spool = FuzzTarget("spool", longest: 2000) { input in
        guard let first = input.first else { return .refused }
        let rest = Array(input.dropFirst())
        do throws(SpoolFormatError) {
            let waiting = try SpoolFormat.decode(first == 1 ? rest : spoolFile(holding: rest))
            let again = try SpoolFormat.decode(SpoolFormat.encode(waiting))
            precondition(again == waiting, "a run is another one when it has waited")
            return .taken
        } catch {
            precondition(!error.description.isEmpty)
            return .refused
        }
    }

    /// The file whose run is `body`.
    private static func spoolFile(holding body: [UInt8]) -> [UInt8] {
        var head = ByteWriter()
        head.putFixed(1)
        head.putFixed(UInt32(body.count))
        let bytes = Array("PDUspool".utf8) + head.bytes + deflate(body, level: 1)
        var checksum = CRC32()
        checksum.update(bytes)
        var tail = ByteWriter()
        tail.putFixed(checksum.value)
        return bytes + tail.bytes
    }
}
