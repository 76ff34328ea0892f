// Reading gzip (RFC 1952) of many members as the one text that they are, line by line, in as much memory as a
// line needs.

import Glibc

/// The lines of a gzip file, one after another.
package final class GzipLines {
    /// Longer lines are taken for damage.
    private static let longestLine = 1 << 20

    /// The file.
    package let path: String
    /// The checksum of the compressed bytes that were read, and of what was before them.
    package private(set) var checksum: CRC32
    /// How many members were read to their ends.
    package private(set) var members = 0
    /// Where in the file the member ends that was read to its end last.
    package private(set) var memberEnd: Int64
    /// Where in the file the member begins that the last line ended in.
    package private(set) var memberStart: Int64

    private let descriptor: Int32
    private let inflater: Inflater
    /// Compressed bytes that the file has beyond `input`.
    private var remaining: Int64
    private var input: ArraySlice<UInt8> = []
    private var chunk = [UInt8](repeating: 0, count: 65_536)
    private var output = [UInt8](repeating: 0, count: 262_144)
    /// What of `output` has not been given away.
    private var text = 0..<0
    private var isInMember = false
    private var consumed: Int64

    /// The lines of the file at `path` in the compressed bytes from `start` up to, not including, `end`, which lie
    /// between members; of all of it without an `end`.
    ///
    /// `checksum` is that of the bytes before `start`, where it is to be gone on with. Throws `ZlibError`.
    package init(
        path: String,
        from start: Int64 = 0,
        to end: Int64? = nil,
        checksum: CRC32 = CRC32()
    ) throws(ZlibError) {
        self.path = path
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw ZlibError(system: errno, path: path) }
        descriptor = opened
        var status = stat()
        guard fstat(opened, &status) == 0, lseek(opened, Int(start), SEEK_SET) >= 0 else {
            let reason = errno
            close(opened)
            throw ZlibError(system: reason, path: path)
        }
        remaining = max(0, (end ?? Int64(status.st_size)) - start)
        memberStart = start
        memberEnd = start
        consumed = start
        self.checksum = checksum
        do {
            inflater = try Inflater(.gzip, path: path)
        } catch {
            close(opened)
            throw error
        }
    }

    deinit {
        close(descriptor)
    }

    /// Puts the next line into `line`, without the line feed at its end; answers false when there is none.
    ///
    /// Throws `ZlibError`: `damaged`, also of a line beyond a mebibyte; `truncated`, where the file, or the part of
    /// it that was asked for, ends within a member.
    package func next(_ line: inout [UInt8]) throws(ZlibError) -> Bool {
        line.removeAll(keepingCapacity: true)
        while true {
            if let end = endOfLine() {
                line += output[text.lowerBound..<end]
                text = end + 1..<text.upperBound
                return true
            }
            line += output[text]
            text = 0..<0
            guard line.count <= GzipLines.longestLine else {
                throw ZlibError(.damaged, path: path, "a line is longer than \(GzipLines.longestLine) bytes")
            }
            guard try refill() else { return !line.isEmpty }
        }
    }

    /// Where the next line feed is in the text at hand.
    private func endOfLine() -> Int? {
        output.withUnsafeBufferPointer { bytes -> Int? in
            guard let base = bytes.baseAddress, !text.isEmpty,
                let found = memchr(base + text.lowerBound, 0x0A, text.count)
            else { return nil }
            return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
        }
    }

    /// Decompresses more text; false at the end of the last member.
    private func refill() throws(ZlibError) -> Bool {
        while true {
            if input.isEmpty { try readOn() }
            guard isInMember || !input.isEmpty else { return false }
            if !isInMember { memberStart = memberEnd }
            isInMember = true
            let step = try inflater.step(input, into: &output)
            input = input.dropFirst(step.consumed)
            consumed += Int64(step.consumed)
            text = 0..<step.produced
            if step.isAtEnd {
                inflater.reset()
                isInMember = false
                members += 1
                memberEnd = consumed
            } else if step.consumed == 0, step.produced == 0, input.isEmpty, remaining == 0 {
                throw ZlibError(.truncated, path: path, "the file ends in the middle of what was written")
            }
            if step.produced > 0 { return true }
        }
    }

    /// Reads the next compressed bytes.
    private func readOn() throws(ZlibError) {
        let wanted = Int(min(Int64(chunk.count), remaining))
        guard wanted > 0 else { return }
        // Otherwise it would hold on to the chunk, and reading into that would copy it.
        input = []
        var count: Int
        repeat { count = read(descriptor, &chunk, wanted) } while count < 0 && errno == EINTR
        guard count >= 0 else { throw ZlibError(system: errno, path: path) }
        guard count > 0 else {
            throw ZlibError(
                .truncated,
                path: path,
                "the file is \(remaining) bytes shorter than it should be"
            )
        }
        remaining -= Int64(count)
        chunk.withUnsafeBytes { bytes in checksum.update(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
        input = chunk[..<count]
    }
}

@available(*, unavailable)
extension GzipLines: Sendable {}
