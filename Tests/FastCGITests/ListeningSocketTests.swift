import Foundation
import Testing

@testable import FastCGI

@Suite("A listening socket")
struct ListeningSocketTests {
    @Test("is for its owner and group alone")
    func mode() throws {
        let path = temporarySocketPath()
        let socket = try ListeningSocket(at: path)
        defer { socket.close() }

        let attributes = try FileManager.default.attributesOfItem(atPath: path)

        #expect(attributes[.posixPermissions] as? Int == 0o660)
    }

    @Test("takes the place of one that a crash left behind")
    func stale() throws {
        let path = temporarySocketPath()
        let crashed = try ListeningSocket(at: path)
        close(crashed.descriptor)

        let socket = try ListeningSocket(at: path)
        defer { socket.close() }

        #expect(RawClient(path) != nil)
    }

    @Test("is refused where another responder listens, which goes on listening")
    func inUse() throws {
        let path = temporarySocketPath()
        let other = try ListeningSocket(at: path)
        defer { other.close() }

        #expect(throws: SocketError.self) { try ListeningSocket(at: path) }
        #expect(RawClient(path) != nil)
    }

    @Test("is refused where something else lies, which is left alone")
    func notASocket() throws {
        let path = temporarySocketPath()
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }

        #expect(throws: SocketError.self) { try ListeningSocket(at: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("precious".utf8))
    }

    @Test("is refused for a path that does not fit into an address")
    func tooLong() {
        #expect(throws: SocketError.self) {
            try ListeningSocket(at: "/tmp/" + String(repeating: "x", count: 120))
        }
    }

    @Test("removes its file when it is closed, but not one that has taken its place")
    func removal() throws {
        let path = temporarySocketPath()
        let first = try ListeningSocket(at: path)
        unlink(path)
        let second = try ListeningSocket(at: path)

        first.close()
        #expect(FileManager.default.fileExists(atPath: path))
        second.close()
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
