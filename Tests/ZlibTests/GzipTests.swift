import Foundation
import TestSupport
import Testing
import Zlib

@Suite("A gzip file")
struct GzipTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("lines.gz")
    }

    /// Appends a member of `lines`, in writes of `size` bytes; answers how long it is.
    @discardableResult
    private func append(_ lines: [String], size: Int = 1000, checksum: CRC32 = CRC32()) throws -> GzipMember {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(descriptor) }
        let member = try GzipMember(appendingTo: descriptor, path: path, checksum: checksum)
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try member.write(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        try member.finish()
        return member
    }

    private func lines(from start: Int64 = 0, to end: Int64? = nil) throws -> [String] {
        let file = try GzipLines(path: path, from: start, to: end)
        var found: [String] = []
        var line: [UInt8] = []
        while try file.next(&line) { found.append(String(decoding: line, as: UTF8.self)) }
        return found
    }

    private func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

    @Test("is read line by line as it was written, over any number of members", arguments: 0..<4)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var written: [String] = []
        for _ in 0..<5 {
            let count = Int.random(in: 0..<20_000, using: &generator)
            let lines = (0..<count).map { _ in
                String(repeating: "x", count: Int.random(in: 0..<60, using: &generator))
                    + "\(UInt64.random(in: 0 ... .max, using: &generator))"
            }
            try append(lines, size: Int.random(in: 1...100_000, using: &generator))
            written += lines
        }

        #expect(try lines() == written)
    }

    @Test("is what gzip and zcat take for one")
    func realTools() throws {
        try append(["time,pdu", "1,left"])
        try append(["2,left"])

        #expect(try runTool("gzip", "-t", path).status == 0)
        #expect(try runTool("zcat", path).output == "time,pdu\n1,left\n2,left\n")
    }

    @Test("is read in part, by where its members lie")
    func part() throws {
        let first = try append(["a", "b"])
        let second = try append(["c"])
        try append(["d"])

        #expect(try lines(from: first.length, to: first.length + second.length) == ["c"])
        #expect(try lines(from: first.length) == ["c", "d"])
        #expect(try lines(to: first.length) == ["a", "b"])
        #expect(try lines(to: 0) == [])
    }

    @Test("has the checksum that its writers worked out")
    func checksum() throws {
        let first = try append(["a", "b"])
        let second = try append(["c"], checksum: first.checksum)
        let file = try GzipLines(path: path)
        var line: [UInt8] = []
        while try file.next(&line) {}
        var whole = CRC32()
        whole.update(try bytes())

        #expect(second.checksum == whole)
        #expect(file.checksum == whole)
        #expect(file.members == 2)
        #expect(file.memberStart == first.length)
        #expect(file.memberEnd == first.length + second.length)
    }

    @Test("that ends too early is refused, wherever it ends within a member")
    func truncated() throws {
        let first = try append(["a", "b"])
        try append(["c"])
        let whole = try bytes()

        for count in 1..<whole.count where count != Int(first.length) {
            try Data(whole[..<count]).write(to: URL(filePath: path))
            #expect(thrown(ZlibError.self) { try lines() }?.code == .truncated)
            #expect(thrown(ZlibError.self) { try lines(to: Int64(whole.count)) }?.code == .truncated)
        }
    }

    @Test("with a byte changed in what matters is refused")
    func damaged() throws {
        try append((0..<100).map { "2026-03-02T00:00:00Z,left,pdu,0,\($0)" })
        let whole = try bytes()

        // Its header says when and by whom it was made, for no checksum to see.
        for index in 10..<whole.count {
            var changed = whole
            changed[index] ^= 1
            try Data(changed).write(to: URL(filePath: path))
            #expect(thrown(ZlibError.self) { try lines() } != nil)
        }
    }

    @Test("with something else after its members is refused")
    func followed() throws {
        try append(["a"])
        try Data(try bytes() + Array("garbage".utf8)).write(to: URL(filePath: path))

        #expect(thrown(ZlibError.self) { try lines() }?.code == .damaged)
    }

    @Test("whose lines have no end is refused before memory is short")
    func endless() throws {
        try append([String(repeating: "x", count: 3 << 20)])

        #expect(thrown(ZlibError.self) { try lines() }?.code == .damaged)
    }

    @Test("that is not there, or cannot be written, says so in the system's words")
    func systemErrors() throws {
        #expect(thrown(ZlibError.self) { try lines() }?.code == .system(ENOENT))
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let member = try GzipMember(appendingTo: descriptor, path: "/dev/full")
        let error = thrown(ZlibError.self) { try member.finish() }

        #expect(error?.description == "/dev/full: No space left on device")
    }
}
