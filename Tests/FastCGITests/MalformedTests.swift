import Foundation
import Testing

@testable import FastCGI

@Suite("What is not a request")
struct MalformedTests {
    static let lengths: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    static let getValues = Wire.pair("FCGI_MAX_CONNS", "") + Wire.pair("FCGI_MAX_CONNS", "")
    static let cases: [(name: String, bytes: [UInt8])] = [
        ("HTTP instead of FastCGI", Array("GET /api/pdus HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
        ("zeros", [UInt8](repeating: 0, count: 4096)),
        ("another version", Wire.record(kind: 1, [0, 1, 0, 0, 0, 0, 0, 0], version: 2)),
        ("the role of an authorizer", Wire.record(kind: 1, [0, 2, 0, 0, 0, 0, 0, 0])),
        ("a begin of the wrong length", Wire.record(kind: 1, [0, 1])),
        ("a begin without an id", Wire.record(kind: 1, [0, 1, 0, 0, 0, 0, 0, 0], id: 0)),
        // libfcgi would read those eight bytes as a record of their own, a management record of no known kind.
        (
            "a begin with padding",
            [1, 1, 0, 1, 0, 8, 8, 0] + [0, 1, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0]
        ),
        ("parameters first", Wire.record(kind: 4, Wire.pair("A", "B"))),
        ("parameters of another request", Wire.begin + Wire.record(kind: 4, Wire.pair("A", "B"), id: 2)),
        ("a second begin", Wire.begin + Wire.begin),
        ("an abort", Wire.begin + Wire.record(kind: 2, [])),
        ("a management record", Wire.record(kind: 9, getValues + getValues + getValues, id: 0)),
        ("an unknown kind", Wire.begin + Wire.record(kind: 77, [1, 2, 3])),
        ("lengths of 2 GiB", Wire.begin + Wire.record(kind: 4, lengths + [1, 2]) + Wire.record(kind: 4, [])),
        ("a value cut off", Wire.begin + Wire.record(kind: 4, [1, 9, 0x41]) + Wire.record(kind: 4, [])),
        ("a length cut off", Wire.begin + Wire.record(kind: 4, [0x80, 1]) + Wire.record(kind: 4, [])),
        (
            "more parameters than are taken",
            Wire.begin + Wire.record(kind: 4, Wire.pair("A", String(repeating: "b", count: 60_000)))
                + Wire.record(kind: 4, Wire.pair("C", String(repeating: "d", count: 60_000)))
        ),
    ]

    @Test("gets no answer, and the next request gets its own", arguments: cases.map(\.name))
    func refused(name: String) throws {
        let bytes = try #require(MalformedTests.cases.first { $0.name == name }?.bytes)
        let server = try RunningServer.echo(threads: 1)

        let client = try server.client()
        client.send(bytes)
        let answer = client.receiveAll()
        let next = try server.client().answer(to: getRequest)
        server.stop()

        #expect(answer.isEmpty)
        #expect(next.hasSuffix("GET /api/pdus a=1"))
        #expect(server.refusals.all.count == 1)
    }

    @Test("stays harmless when a whole head is followed by garbage")
    func garbageAfterHead() throws {
        let server = try RunningServer.echo(threads: 1)

        let client = try server.client()
        let head =
            Wire.begin + Wire.record(kind: 4, Wire.pair("REQUEST_METHOD", "GET")) + Wire.record(kind: 4, [])
        client.send(head + [UInt8](repeating: 0xEE, count: 50_000))
        let answer = Wire.output(in: client.receiveAll())
        let next = try server.client().answer(to: getRequest)
        server.stop()

        #expect(answer.hasSuffix("GET - -"))
        #expect(next.hasSuffix("GET /api/pdus a=1"))
    }

    @Test("survives 3,000 connections of random bytes, and of requests with random bytes changed")
    func fuzz() throws {
        let server = try RunningServer.echo(threads: 4)
        var random = SeededRandom(state: 20_240_131)
        let sound = Wire.request(getRequest)

        for _ in 0..<3000 {
            var bytes = sound
            for _ in 0...(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            // Without waiting for an answer: some of them look like a request that is still to come.
            try server.client().send(
                random.next() % 4 == 0 ? (0..<64).map { _ in UInt8(random.next() & 255) } : bytes
            )
        }
        let next = try server.client().answer(to: getRequest)
        server.stop()

        #expect(next.hasSuffix("GET /api/pdus a=1"))
    }
}

@Suite("A slot of libfcgi")
struct RequestSlotTests {
    @Test("lets go of what libfcgi does not understand, and serves the next request")
    func recovers() throws {
        try #require(FCGXReady.value)
        var slot = RequestSlot()
        let sound = Wire.request(getRequest)

        let refused = slot.begin(Array("not FastCGI".utf8)) == nil
        let path = slot.begin(sound)?.text("DOCUMENT_URI")
        let answer = slot.answer(Array("Status: 200".utf8), [], after: sound)

        #expect(refused)
        #expect(path == "/api/pdus")
        #expect(Wire.output(in: answer ?? []) == "Status: 200")
    }
}

/// libfcgi, set up by a server that has come and gone.
enum FCGXReady {
    static let value: Bool = {
        guard let server = try? RunningServer.echo() else { return false }
        server.stop()
        return true
    }()
}

/// Numbers that are the same in every run.
struct SeededRandom {
    var state: UInt64

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
