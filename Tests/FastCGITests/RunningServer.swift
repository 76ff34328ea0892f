import Dispatch
import Foundation
import Synchronization

@testable import FastCGI

/// A server on a socket of its own, in the test's process.
final class RunningServer {
    let path: String
    let refusals = Refusals()
    private let socket: ListeningSocket
    private let stopped = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// Why connections were refused, as the server reports it.
    final class Refusals: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }
        func add(_ reason: String) { list.withLock { $0.append(reason) } }
    }

    init(
        threads: Int = 2,
        capacity: Int = 1000,
        patience: Connection.Patience = Connection.Patience(),
        _ respond: @escaping @Sendable (Request) -> Response
    ) throws {
        path = temporarySocketPath()
        socket = try ListeningSocket(at: path)
        let server = try Server(
            on: socket,
            threads: threads,
            capacity: capacity,
            patience: patience,
            report: { [refusals] in
                guard case .refusedConnections(let count, let reason) = $0 else { return }
                for _ in 0..<count { refusals.add(reason) }
            },
            makeResponder: { respond }
        )
        Thread.detachNewThread { [stopped, ended] in
            try? server.run { stopped.wait() }
            ended.signal()
        }
    }

    /// A server that repeats the method, the path and the query.
    static func echo(
        threads: Int = 2,
        capacity: Int = 1000,
        patience: Connection.Patience = Connection.Patience()
    ) throws -> RunningServer {
        try RunningServer(threads: threads, capacity: capacity, patience: patience) { request in
            let names = ["REQUEST_METHOD", "DOCUMENT_URI", "QUERY_STRING"]
            let text = names.map { request.text($0) ?? "-" }.joined(separator: " ")
            return Response(
                status: 200,
                fields: [.init("Content-Type", "text/plain")],
                body: Array(text.utf8)
            )
        }
    }

    func client() throws -> RawClient {
        guard let client = RawClient(path) else { throw SocketError("nobody listens on \(path)") }
        return client
    }

    /// Tells it to stop, without waiting until it has.
    func beginStop() {
        stopped.signal()
    }

    /// Waits until every thread has ended.
    func awaitEnd() {
        ended.wait()
        socket.close()
    }

    func stop() {
        beginStop()
        awaitEnd()
    }
}

/// A path for a socket that nothing else uses.
func temporarySocketPath() -> String {
    "\(NSTemporaryDirectory())/pdu-fcgi-\(UUID().uuidString.prefix(13)).sock"
}

let getRequest = [("REQUEST_METHOD", "GET"), ("DOCUMENT_URI", "/api/pdus"), ("QUERY_STRING", "a=1")]
