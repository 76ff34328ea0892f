import Dispatch
import Foundation
import Testing

@testable import FastCGI

@Suite("A slow client")
struct SlowClientTests {
    @Test("holds no thread, whether it is silent, stops halfway, or does not fetch its answer")
    func holdsNoThread() throws {
        let long = String(repeating: "x", count: 4_000_000)
        let server = try RunningServer(threads: 1, patience: .init(head: 60_000, answer: 60_000)) { request in
            let body = request.text("QUERY_STRING") == "long" ? long : "short"
            return Response(status: 200, fields: [], body: Array(body.utf8))
        }
        let silent = try server.client()
        let halfway = try server.client()
        halfway.send(Wire.begin)
        let stubborn = try server.client()
        stubborn.send(Wire.request([("QUERY_STRING", "long")]))

        // With one thread, and a minute's patience: an answer at all says that nobody holds it.
        let answers = try (0..<20).map { _ in try server.client().answer(to: getRequest) }
        let late = Wire.output(in: stubborn.receiveAll())
        server.stop()
        withExtendedLifetime((silent, halfway)) {}

        #expect(answers.count { $0.hasSuffix("short") } == 20)
        #expect(late.hasSuffix(long))
    }

    @Test("gets its answer all the same when its request comes a byte at a time")
    func byteByByte() throws {
        let server = try RunningServer.echo(threads: 1)
        let client = try server.client()

        for byte in Wire.request(getRequest) { client.send([byte]) }
        let answer = Wire.output(in: client.receiveAll())
        server.stop()

        #expect(answer.hasSuffix("GET /api/pdus a=1"))
        #expect(server.refusals.all.isEmpty)
    }

    @Test("is let go of when its time is over, and the log says what it did")
    func overdue() throws {
        let long = [UInt8](repeating: 0x61, count: 4_000_000)
        let server = try RunningServer(threads: 1, patience: .init(head: 1, answer: 1)) { _ in
            Response(status: 200, fields: [], body: long)
        }
        let silent = try server.client()
        let halfway = try server.client()
        halfway.send(Wire.begin)
        #expect(silent.receiveAll().isEmpty)
        #expect(halfway.receiveAll().isEmpty)

        let stubborn = try server.client()
        stubborn.send(Wire.request(getRequest))
        while !server.refusals.all.contains("did not take its answer") { usleep(1000) }
        let part = stubborn.receiveAll()
        server.stop()

        #expect(part.count < long.count)
        #expect(
            server.refusals.all.sorted() == [
                "did not take its answer", "stayed silent", "stopped in the middle of a head",
            ]
        )
    }

    @Test("goes first when there is no room for more, and whoever asks is served")
    func noRoom() throws {
        let server = try RunningServer.echo(threads: 1, capacity: 8)
        let silent = try (0..<40).map { _ in try server.client() }

        let answer = try server.client().answer(to: getRequest)
        let first = silent[0].receiveAll()
        server.stop()

        #expect(answer.hasSuffix("GET /api/pdus a=1"))
        #expect(first.isEmpty)
        #expect(server.refusals.all.count { $0.hasPrefix("waited longest") } >= 32)
    }

    @Test("is served to the end when the server stops in the middle of its request")
    func farewell() throws {
        let long = String(repeating: "x", count: 4_000_000)
        let begun = DispatchSemaphore(value: 0)
        let server = try RunningServer(threads: 1) { request in
            begun.signal()
            return Response(status: 200, fields: [], body: Array(long.utf8))
        }
        let halfway = try server.client()
        let whole = Wire.request(getRequest)
        halfway.send(Array(whole.prefix(20)))
        let fetching = try server.client()
        fetching.send(whole)
        begun.wait()

        server.beginStop()
        halfway.send(Array(whole.dropFirst(20)))
        let answers = [halfway, fetching].map { Wire.output(in: $0.receiveAll()) }
        server.awaitEnd()

        #expect(answers.count { $0.hasSuffix(long) } == 2)
    }
}

@Suite("The head of a request")
struct RequestHeadTests {
    @Test("is the same however it is cut into pieces")
    func pieces() {
        let records =
            Wire.begin + Wire.record(kind: 4, Wire.pair("A", String(repeating: "b", count: 300)), padding: 5)
        let bytes = records + Wire.record(kind: 4, [])
        for size in 1...bytes.count {
            var head = RequestHead()
            var outcomes: [RequestHead.Outcome] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                outcomes.append(head.take(bytes[start..<min(start + size, bytes.count)]))
            }

            #expect(outcomes.dropLast().allSatisfy { $0 == .incomplete })
            #expect(outcomes.last == .complete(bytes + Wire.record(kind: 5, []), body: []))
        }
    }

    @Test("is refused as soon as it is longer than allowed, without waiting for its end")
    func tooLong() {
        var head = RequestHead()
        let record = Wire.record(kind: 4, Wire.pair("A", String(repeating: "b", count: 992)))
        var length = Wire.begin.count
        var outcome = head.take(Wire.begin[...])
        while outcome == .incomplete {
            outcome = head.take(record[...])
            length += record.count
        }

        #expect(outcome == .malformed("sends too long a head"))
        #expect(length < RequestHead.longest + record.count)
    }
}
