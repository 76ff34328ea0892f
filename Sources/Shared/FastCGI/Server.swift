// A FastCGI responder on a fixed pool of threads. A thread is lent to a request only while its answer is worked out:
// whoever sends or fetches slowly waits in the waiting room, which all threads watch together, and no client can hold
// a thread by anything it does or fails to do.

internal import Basics
internal import CFastCGI
import Glibc

/// What answers requests in one thread.
package typealias Responder = (Request) -> Response

/// Answers FastCGI requests on a listening socket.
package final class Server: Sendable {
    /// Something that went wrong beside the requests, for a log.
    package enum Trouble: Sendable, CustomStringConvertible {
        /// So many connections brought nothing that can be served, or too slowly, and were closed.
        case refusedConnections(Int, String)
        /// The system had no connection to give, with its reason; it is tried again.
        case cannotAccept(String)

        package var description: String {
            switch self {
            case .refusedConnections(1, let reason): "refused a connection that \(reason)"
            case .refusedConnections(let count, let reason): "refused \(count) connections that \(reason)"
            case .cannotAccept(let reason): "cannot accept connections, will try again: \(reason)"
            }
        }
    }

    /// libfcgi's own state, set up once in a process; 0 when that worked.
    static let library = FCGX_Init()
    /// How long clients that have not said yet what they want may go on, once it is time to stop.
    private static let farewellMilliseconds: Int64 = 1000
    /// Descriptors that are not for connections: the database's and libfcgi's, for each thread, and a few of the process.
    private static let otherDescriptors = (perThread: 8, all: 32)

    private let watch: Watch
    private let room: WaitingRoom
    private let patience: Connection.Patience
    private let threadCount: Int
    private let report: @Sendable (Trouble) -> Void
    private let makeResponder: @Sendable () -> Responder

    /// A server on `socket` with `threads` threads, each of which calls `makeResponder` once, when it starts,
    /// so that a responder may hold what must not be shared, such as a database connection.
    ///
    /// As many clients may wait as the system has descriptors for.
    package convenience init(
        on socket: ListeningSocket,
        threads: Int,
        report: @escaping @Sendable (Trouble) -> Void,
        makeResponder: @escaping @Sendable () -> Responder
    ) throws {
        let reserve = Server.otherDescriptors.perThread * threads + Server.otherDescriptors.all
        try self.init(
            on: socket,
            threads: threads,
            capacity: DescriptorLimit.raise() - reserve,
            patience: Connection.Patience(),
            report: report,
            makeResponder: makeResponder
        )
    }

    /// The same, for `capacity` clients that wait, each as long as `patience` says.
    init(
        on socket: ListeningSocket,
        threads: Int,
        capacity: Int,
        patience: Connection.Patience,
        report: @escaping @Sendable (Trouble) -> Void,
        makeResponder: @escaping @Sendable () -> Responder
    ) throws {
        precondition(threads > 0)
        watch = try Watch(listener: socket.descriptor)
        room = WaitingRoom(capacity: capacity)
        self.patience = patience
        threadCount = threads
        self.report = report
        self.makeResponder = makeResponder
    }

    /// Serves until `untilStopped` returns; then lets every thread finish the request in hand, and everybody who
    /// was let in fetch the answer.
    ///
    /// For a program, `untilStopped` is `StopSignals.wait`, and `StopSignals.block` was called before.
    package func run(untilStopped: () -> Void) throws {
        guard Server.library == 0 else { throw SocketError("libfcgi cannot be started") }
        // After FCGX_Init, which sets a handler of its own.
        signal(SIGPIPE, SIG_IGN)
        var threads: [WorkerThread] = []
        do {
            for _ in 1...threadCount {
                threads.append(
                    try WorkerThread {
                        var worker = Worker(for: self)
                        worker.work()
                    }
                )
            }
            untilStopped()
        } catch {
            end(threads)
            throw error
        }
        end(threads)
        seeOff()
    }

    private func end(_ threads: [WorkerThread]) {
        watch.stop()
        for thread in threads { thread.join() }
    }

    /// Serves those who were let in and are still here, and nobody else, for a second.
    private func seeOff() {
        guard !room.isEmpty else { return }
        watch.watchConnectionsOnly()
        room.hurry(until: SystemClock.monotonicMilliseconds() + Server.farewellMilliseconds)
        var worker = Worker(for: self)
        while !room.isEmpty { _ = worker.workOnce() }
    }

    /// What one thread holds, and what it does.
    private struct Worker: ~Copyable {
        private let server: Server
        private let respond: Responder
        private var slot = RequestSlot()
        /// What was read last from a client.
        private var buffer = [UInt8](repeating: 0, count: 16_384)

        init(for server: Server) {
            self.server = server
            respond = server.makeResponder()
        }

        /// Works until it is time to stop.
        mutating func work() {
            while workOnce() {}
        }

        /// Does what is next, when there is something to do; whether it is not yet time to stop.
        mutating func workOnce() -> Bool {
            switch server.watch.next(within: server.room.patience(now: SystemClock.monotonicMilliseconds())) {
            case .stop: return false
            case .client: letIn()
            case .connection(let descriptor):
                if var connection = server.room.take(descriptor) {
                    let step = connection.advance(using: &buffer)
                    proceed(with: connection, step)
                }
            case .nothing: break
            }
            refuse(server.room.takeOverdue(now: SystemClock.monotonicMilliseconds())) { $0.omission }
            return true
        }

        /// Lets one client in, and serves it as far as it goes.
        private mutating func letIn() {
            let descriptor = server.watch.accept()
            let code = errno
            if descriptor < 0 { makeRoom(after: code) }
            server.watch.awaitClient()
            guard descriptor >= 0 else { return }
            let now = SystemClock.monotonicMilliseconds()
            var connection = Connection(descriptor, now: now, patience: server.patience)
            let step = connection.advance(using: &buffer)
            proceed(with: connection, step)
        }

        /// Goes on with a `connection` that has come to `step`, as far as its client lets it.
        private mutating func proceed(with connection: Connection, _ step: Connection.Step) {
            var (connection, step) = (connection, step)
            while true {
                switch step {
                case .asks(let request, let body):
                    switch answer(to: request, body) {
                    case .whole(let records):
                        step = connection.answer(with: records, now: SystemClock.monotonicMilliseconds())
                    case .begun(let content, let id, let more):
                        let now = SystemClock.monotonicMilliseconds()
                        step = connection.answer(beginningWith: content, to: id, more, now: now)
                    case nil:
                        step = .isRefused(
                            "is not understood by libfcgi, or there is no memory for its answer"
                        )
                    }
                case .waits(let what):
                    return wait(with: &connection, for: what)
                case .isDone:
                    return connection.close(using: &buffer)
                case .isRefused(let reason):
                    server.report(.refusedConnections(1, reason))
                    return connection.close(using: &buffer)
                }
            }
        }

        /// What is sent for an answer.
        private enum Sent {
            /// Its records.
            case whole([UInt8])
            /// Its head and the beginning of its body, the request's id, and what makes the rest.
            case begun([UInt8], to: Int, Response.Continuation)
        }

        /// The answer to the request in `records` with `body`; nil when there is none.
        private mutating func answer(to records: [UInt8], _ body: [UInt8]) -> Sent? {
            guard var request = slot.begin(records) else { return nil }
            request.body = body
            let response = respond(request)
            let isHead = request.bytes("REQUEST_METHOD")?.elementsEqual("HEAD".utf8) ?? false
            let content = response.content(withoutBody: isHead)
            let answer = slot.answer(response.head, content, after: records)
            // The library keeps a whole answer in memory; of one that is made while it is sent, it has seen the beginning.
            if let more = response.more, !isHead, let id = Record.requestID(of: records) {
                return .begun(response.head + content, to: id, more)
            }
            return answer.map(Sent.whole)
        }

        private mutating func wait(with connection: inout Connection, for what: Connection.Wait) {
            let (descriptor, isKnown) = (connection.descriptor, connection.isWatched)
            connection.isWatched = true
            // In the room before it is watched: another thread may be woken at once.
            refuse(server.room.put(connection)) { _ in "waited longest when there was no room for more" }
            if !server.watch.await(what, on: descriptor, isKnown: isKnown) {
                server.room.take(descriptor)?.close(using: &buffer)
            }
        }

        /// After the system had no connection to give, with the error number `code`.
        private mutating func makeRoom(after code: Int32) {
            // Another process on the same socket was faster; or the client has left.
            if [EAGAIN, EINTR, ECONNABORTED].contains(code) { return }
            server.report(.cannotAccept(systemErrorText(code)))
            let leaving = server.room.makeRoom()
            refuse(leaving) { _ in "waited longest when the system had no room for more" }
            if leaving.isEmpty { usleep(100_000) }
        }

        /// Closes `connections`, each for a `reason`.
        private mutating func refuse(_ connections: [Connection], _ reason: (Connection) -> String) {
            guard !connections.isEmpty else { return }
            for (reason, those) in Dictionary(grouping: connections, by: reason) {
                server.report(.refusedConnections(those.count, reason))
            }
            for connection in connections { connection.close(using: &buffer) }
        }
    }
}
