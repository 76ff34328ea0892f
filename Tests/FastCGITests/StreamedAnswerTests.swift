import Dispatch
import Synchronization
import Testing

@testable import FastCGI

@Suite("An answer that is made while it is sent")
struct StreamedAnswerTests {
    /// A body of so many pieces, which says when nobody wants it any more.
    private final class Pieces: Sendable {
        struct CutOff: Error {}

        let made = Mutex(0)
        private let count: Int
        private let length: Int
        private let isCutOff: Bool
        private let released: DispatchSemaphore

        init(_ count: Int, of length: Int, isCutOff: Bool = false, _ released: DispatchSemaphore) {
            self.count = count
            self.length = length
            self.isCutOff = isCutOff
            self.released = released
        }

        deinit { released.signal() }

        func next() throws -> [UInt8]? {
            try made.withLock { made in
                guard made < count else {
                    if isCutOff { throw CutOff() }
                    return nil
                }
                made += 1
                return [UInt8](repeating: 0x61, count: length)
            }
        }
    }

    /// The body that was begun last.
    private final class Begun: Sendable {
        let pieces = Mutex<Pieces?>(nil)
    }

    private static func server(
        threads: Int = 1,
        _ pieces: @escaping @Sendable () -> Pieces
    ) throws -> RunningServer {
        try RunningServer(threads: threads) { request in
            guard request.text("DOCUMENT_URI") == "/stream" else {
                return Response(status: 200, fields: [], body: Array("short".utf8))
            }
            let pieces = pieces()
            return Response(status: 200, fields: [], body: Array("begin ".utf8)) { try pieces.next() }
        }
    }

    private static func request(_ method: String = "GET") -> [(String, String)] {
        [("REQUEST_METHOD", method), ("DOCUMENT_URI", "/stream")]
    }

    /// Whether `bytes` end with the record that says that the request has ended.
    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        bytes.suffix(16).elementsEqual([1, 3, 0, 1, 0, 8, 0, 0] + [UInt8](repeating: 0, count: 8))
    }

    @Test("arrives as a whole, without a length, and ends as it should")
    func whole() throws {
        let released = DispatchSemaphore(value: 0)
        let server = try Self.server { Pieces(40, of: 100_000, released) }
        let client = try server.client()

        client.send(Wire.request(Self.request()))
        let bytes = client.receiveAll()
        let ended = released.wait(timeout: .now() + 20)
        server.stop()

        let text = Wire.output(in: bytes)
        #expect(text.hasPrefix("Status: 200 OK\r\n\r\nbegin a"))
        #expect(text.utf8.count == "Status: 200 OK\r\n\r\nbegin ".utf8.count + 4_000_000)
        #expect(Self.isWhole(bytes))
        #expect(ended == .success)
    }

    @Test("that breaks off lacks its end, so that nobody takes it for whole")
    func cutOff() throws {
        let released = DispatchSemaphore(value: 0)
        let server = try Self.server { Pieces(3, of: 1000, isCutOff: true, released) }
        let client = try server.client()

        client.send(Wire.request(Self.request()))
        let bytes = client.receiveAll()
        server.stop()

        #expect(Wire.output(in: bytes).hasSuffix("aaa"))
        #expect(!Self.isWhole(bytes))
        #expect(server.refusals.all == ["had its answer cut off: CutOff()"])
    }

    @Test("is not made for HEAD")
    func head() throws {
        let released = DispatchSemaphore(value: 0)
        let server = try Self.server { Pieces(3, of: 1000, isCutOff: true, released) }
        let client = try server.client()

        client.send(Wire.request(Self.request("HEAD")))
        let bytes = client.receiveAll()
        server.stop()

        #expect(Wire.output(in: bytes) == "Status: 200 OK\r\n\r\n")
        #expect(Self.isWhole(bytes))
    }

    @Test(
        "waits for a client that does not read, while the only thread serves others, and ends when that one leaves"
    )
    func slowClient() throws {
        let released = DispatchSemaphore(value: 0)
        let made = Begun()
        let server = try Self.server {
            let pieces = Pieces(1_000_000, of: 100_000, released)
            made.pieces.withLock { $0 = pieces }
            return pieces
        }
        var client: RawClient? = try server.client()
        client?.send(Wire.request(Self.request()))
        // Once it has been answered, what was let in before has been begun.
        for _ in 0..<20 {
            let answer = try server.client().answer(to: getRequest)
            #expect(answer.hasSuffix("short"))
        }
        let count = made.pieces.withLock { $0?.made.withLock { $0 } ?? 0 }
        made.pieces.withLock { $0 = nil }
        client = nil
        let ended = released.wait(timeout: .now() + 20)
        server.stop()

        // What the sockets hold, not what there is.
        #expect(count < 50)
        #expect(ended == .success)
    }

    @Test("lets the server stop however much there is left")
    func stop() throws {
        let released = DispatchSemaphore(value: 0)
        let server = try Self.server { Pieces(.max, of: 10_000, released) }
        let client = try server.client()
        client.send(Wire.request(Self.request()))
        let other = try server.client().answer(to: getRequest)
        #expect(other.hasSuffix("short"))

        server.beginStop()
        let bytes = client.receiveAll()
        server.awaitEnd()

        #expect(!Self.isWhole(bytes))
        #expect(released.wait(timeout: .now() + 20) == .success)
    }
}
