// A FastCGI responder on a fixed pool of threads. Each thread accepts, answers and closes by itself, with
// nothing shared but the listening socket; nothing that one client does reaches another.

internal import Basics
internal import CFastCGI
import Glibc

/// What answers requests in one thread.
package typealias Responder = (Request) -> Response

/// Answers FastCGI requests on a listening socket.
package final class Server: Sendable {
    /// Something that went wrong beside the requests, for a log.
    package enum Trouble: Sendable, CustomStringConvertible {
        /// A connection brought nothing that can be served, and was closed.
        case refusedConnection(String)
        /// The system had no connection to give, with its reason; it is tried again.
        case cannotAccept(String)

        package var description: String {
            switch self {
            case .refusedConnection(let reason): "refused a connection that \(reason)"
            case .cannotAccept(let reason): "cannot accept connections, will try again: \(reason)"
            }
        }
    }

    /// libfcgi's own state, set up once in a process; 0 when that worked.
    static let library = FCGX_Init()

    private let acceptor: Acceptor
    private let threadCount: Int
    private let report: @Sendable (Trouble) -> Void
    private let makeResponder: @Sendable () -> Responder

    /// A server on `socket` with `threads` threads, each of which calls `makeResponder` once, when it starts,
    /// so that a responder may hold what must not be shared, such as a database connection.
    package init(
        on socket: ListeningSocket,
        threads: Int,
        report: @escaping @Sendable (Trouble) -> Void,
        makeResponder: @escaping @Sendable () -> Responder
    ) throws {
        precondition(threads > 0)
        acceptor = try Acceptor(socket: socket.descriptor)
        threadCount = threads
        self.report = report
        self.makeResponder = makeResponder
    }

    /// Serves until `untilStopped` returns; then lets every thread finish the request in hand.
    ///
    /// For a program, `untilStopped` is `StopSignals.wait`, and `StopSignals.block` was called before.
    package func run(untilStopped: () -> Void) throws {
        guard Server.library == 0 else { throw SocketError("libfcgi cannot be started") }
        // A browser that goes away must not end the process; after FCGX_Init, which sets a handler of its
        // own.
        signal(SIGPIPE, SIG_IGN)
        var threads: [WorkerThread] = []
        defer {
            acceptor.stop()
            for thread in threads { thread.join() }
        }
        for _ in 1...threadCount {
            threads.append(try WorkerThread { self.work() })
        }
        untilStopped()
    }

    /// What each thread does, from its start to its end.
    private func work() {
        let respond = makeResponder()
        var slot = RequestSlot()
        var buffer = [UInt8](repeating: 0, count: RequestHead.longest)
        while let descriptor = acceptor.next(onTrouble: reportAcceptTrouble) {
            let connection = Connection(descriptor)
            if let reason = connection.refusal(using: &buffer) {
                report(.refusedConnection(reason))
                connection.close()
            } else {
                serve(connection, in: &slot, respond)
            }
        }
    }

    private func serve(_ connection: Connection, in slot: inout RequestSlot, _ respond: Responder) {
        guard let request = slot.begin(on: connection.descriptor) else {
            report(.refusedConnection("is not understood by libfcgi"))
            return
        }
        let response = respond(request)
        slot.write(response.encoded(withoutBody: request.text("REQUEST_METHOD") == "HEAD"))
        if slot.finish() { connection.close() }
    }

    private func reportAcceptTrouble(_ code: Int32) {
        report(.cannotAccept(systemErrorText(code)))
    }
}
