import Dispatch
import Foundation
import Testing

@testable import FastCGI

@Suite("A FastCGI server")
struct ServerTests {
    @Test("answers with status, fields, length and body")
    func answers() throws {
        let server = try RunningServer.echo()

        let answer = try server.client().answer(to: getRequest)
        server.stop()

        #expect(
            answer
                == "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 17\r\n\r\nGET /api/pdus a=1"
        )
    }

    @Test("answers HEAD with the length of the body and without the body")
    func head() throws {
        let server = try RunningServer.echo()

        let answer = try server.client().answer(to: [("REQUEST_METHOD", "HEAD")])
        server.stop()

        #expect(answer.hasSuffix("Content-Length: 8\r\n\r\n"))
    }

    @Test(
        "answers 304 and 204 without a body or a length",
        arguments: [(304, "Not Modified"), (204, "No Content")]
    )
    func withoutContent(status: Int, reason: String) throws {
        let server = try RunningServer { _ in Response(status: status, fields: [], body: [1, 2, 3]) }

        let answer = try server.client().answer(to: getRequest)
        server.stop()

        #expect(answer == "Status: \(status) \(reason)\r\n\r\n")
    }

    @Test("lets no value begin a header field of its own")
    func headerInjection() throws {
        let server = try RunningServer { _ in
            Response(status: 200, fields: [.init("X-Name", "a\r\nSet-Cookie: b")], body: [])
        }

        let answer = try server.client().answer(to: getRequest)
        server.stop()

        #expect(answer.contains("X-Name: aSet-Cookie: b\r\n"))
    }

    @Test("sends bodies that are longer than any buffer")
    func longBody() throws {
        let server = try RunningServer { _ in
            Response(status: 200, fields: [], body: [UInt8](repeating: 0x61, count: 3_000_000))
        }

        let answer = try server.client().answer(to: getRequest)
        server.stop()

        #expect(answer.utf8.count { $0 == 0x61 } == 3_000_000 + 1)  // One in "Status".
    }

    @Test("gives a body to who answers, whole, in whatever pieces it comes")
    func body() throws {
        let server = try RunningServer { request in Response(status: 200, fields: [], body: request.body) }
        let body = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31) % 26 + 0x61 }
        func asked(_ length: Int, _ pieces: [[UInt8]]) throws -> RawClient {
            let client = try server.client()
            let parameters = Wire.pair("REQUEST_METHOD", "POST") + Wire.pair("CONTENT_LENGTH", String(length))
            client.send(Wire.begin + Wire.record(kind: 4, parameters) + Wire.record(kind: 4, []))
            for piece in pieces { client.send(Wire.record(kind: 5, piece, padding: 5)) }
            return client
        }

        let whole = Wire.output(
            in: try asked(65_536, [Array(body[..<60_000]), Array(body[60_000...])]).receiveAll()
        )
        let short = Wire.output(in: try asked(3, [[0x61], [0x62], [0x63]]).receiveAll())
        // Whoever announces more than is taken is answered at once, and tells so by the length.
        let tooLong = Wire.output(in: try asked(65_537, []).receiveAll())
        let mismatches = [
            try asked(3, [[0x61, 0x62, 0x63, 0x64]]), try asked(3, [[0x61], []]), try asked(3, [[]]),
        ].map { $0.receiveAll() }
        let abort = try asked(3, [[0x61]])
        abort.send(Wire.record(kind: 2, []))
        let aborted = abort.receiveAll()
        server.stop()

        #expect(whole.hasSuffix(String(decoding: body, as: UTF8.self)))
        #expect(short.hasSuffix("\r\n\r\nabc"))
        #expect(tooLong.hasSuffix("\r\n\r\n"))
        #expect(mismatches.joined().isEmpty)
        #expect(aborted.isEmpty)
        #expect(server.refusals.all.count == 4)
    }

    @Test("answers a request with a body that it does not read")
    func ignoresBody() throws {
        let server = try RunningServer.echo()

        let answer = try server.client().answer(
            to: [("REQUEST_METHOD", "POST")],
            body: [UInt8](repeating: 0, count: 30_000)
        )
        server.stop()

        #expect(answer.hasSuffix("POST - -"))
    }

    @Test("keeps serving when clients go away before they get their answer")
    func goneClients() throws {
        let server = try RunningServer { _ in
            Response(status: 200, fields: [], body: [UInt8](repeating: 0x61, count: 1_000_000))
        }

        for _ in 0..<20 { try server.client().send(Wire.request(getRequest)) }
        let answer = try server.client().answer(to: getRequest)
        server.stop()

        #expect(answer.hasPrefix("Status: 200"))
    }

    @Test("of a parameter sent twice takes the last")
    func repeatedParameter() throws {
        let server = try RunningServer.echo()

        let answer = try server.client().answer(to: [("REQUEST_METHOD", "PUT")] + getRequest)
        server.stop()

        #expect(answer.hasSuffix("GET /api/pdus a=1"))
    }

    @Test("ends only when the request in hand has its answer, and takes no other")
    func drains() throws {
        let begun = DispatchSemaphore(value: 0)
        let mayEnd = DispatchSemaphore(value: 0)
        let server = try RunningServer(threads: 2) { _ in
            begun.signal()
            mayEnd.wait()
            return Response(status: 200, fields: [], body: Array("late".utf8))
        }
        let client = try server.client()
        client.send(Wire.request(getRequest))
        begun.wait()

        server.beginStop()
        mayEnd.signal()
        server.awaitEnd()

        #expect(Wire.output(in: client.receiveAll()).hasSuffix("late"))
        #expect(RawClient(server.path) == nil)
    }

    @Test("leaves a socket that it inherited alive for whoever is started next")
    func inheritedSocketSurvives() throws {
        let path = temporarySocketPath()
        let socket = try ListeningSocket(at: path)
        for round in 1...2 {
            let inherited = try ListeningSocket(inherited: dup(socket.descriptor))
            let stop = DispatchSemaphore(value: 0)
            let ended = DispatchSemaphore(value: 0)
            let server = try Server(on: inherited, threads: 2, report: { _ in }) {
                { _ in Response(status: 200, fields: [], body: Array("round \(round)".utf8)) }
            }
            let client = try #require(RawClient(path))
            client.send(Wire.request(getRequest))
            Thread.detachNewThread {
                try? server.run { stop.wait() }
                inherited.close()
                ended.signal()
            }

            #expect(Wire.output(in: client.receiveAll()).hasSuffix("round \(round)"))
            stop.signal()
            ended.wait()
        }
        socket.close()
    }
}
