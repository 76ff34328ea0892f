import Basics
import Foundation
import MIB
import Testing

@testable import SNMP

/// Asks one thing, and keeps what came.
private struct OneQuestion: Conversation, Sendable {
    var replies: [SNMPReply] = []
    private var isAsked = false

    mutating func nextRequest() -> SNMPRequest? {
        defer { isAsked = true }
        return isAsked ? nil : .get([ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 1, 0])])
    }

    mutating func receive(_ reply: SNMPReply) {
        replies.append(reply)
    }
}

/// Asks nothing.
private struct NoQuestion: Conversation, Sendable {
    mutating func nextRequest() -> SNMPRequest? { nil }
    mutating func receive(_ reply: SNMPReply) {}
}

/// A UDP socket on a port of the loopback interface that nobody else has, and that port.
private func boundSocket() -> (descriptor: Int32, port: UInt16) {
    let opened = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            bind(opened, generic, length)
            getsockname(opened, generic, &length)
        }
        return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    return (opened, port)
}

@Suite("Exchange", .serialized) struct ExchangeTests {
    /// A bound UDP socket that nobody reads, and its port.
    private final class SilentSocket {
        private let descriptor: Int32
        let port: UInt16

        init() {
            (descriptor, port) = boundSocket()
        }

        deinit {
            close(descriptor)
        }
    }

    /// An agent on its own thread that answers each request of SNMPv2c with the request itself, as a response.
    private final class EchoAgent {
        private let descriptor: Int32
        let port: UInt16

        init() {
            (descriptor, port) = boundSocket()
            let opened = descriptor
            Thread.detachNewThread { Self.answer(opened) }
        }

        deinit {
            // Ends the thread's waiting; it closes the socket.
            shutdown(descriptor, Int32(SHUT_RDWR))
        }

        private static func answer(_ descriptor: Int32) {
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: 2048)
            while true {
                var sender = sockaddr_storage()
                var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                let isOver = withUnsafeMutablePointer(to: &sender) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                        let count = recvfrom(descriptor, &bytes, bytes.count, 0, generic, &length)
                        guard count > 0 else { return true }
                        if let place = bytes.prefix(count).firstIndex(of: 0xA0) { bytes[place] = 0xA2 }
                        return sendto(descriptor, bytes, count, 0, generic, length) < 0
                    }
                }
                if isOver { return }
            }
        }
    }

    private func agent(_ port: UInt16, timeout: Int, retries: Int = 0) -> SNMPAgent {
        SNMPAgent(
            host: "127.0.0.1",
            port: port,
            credential: .community(version: .v2c, Secret("public")),
            timeoutMilliseconds: timeout,
            retries: retries,
            engine: nil
        )
    }

    private func exchange(window: Int = 8, seconds: Double = 20) -> Exchange {
        Exchange(window: window, deadline: SystemClock.monotonicMilliseconds() + Int64(seconds * 1000))
    }

    @Test("nothing to ask is nothing to wait for")
    func nothing() {
        let results = exchange().run([(agent(9, timeout: 10), NoQuestion())])

        #expect(results.map(\.failure) == [nil])
        #expect(results.map(\.requests) == [0])
        #expect(exchange().run([(SNMPAgent, OneQuestion)]()).isEmpty)
    }

    @Test("silent agents time out together, not one after the other")
    func together() {
        let silent = SilentSocket()
        let started = SystemClock.monotonicMilliseconds()

        let dialogues = (0..<40).map { _ in (agent(silent.port, timeout: 300), OneQuestion()) }
        let results = exchange(window: 40).run(dialogues)

        #expect(results.allSatisfy { $0.failure == .timeout && $0.requests == 1 })
        #expect(results.allSatisfy { $0.latencyMilliseconds == nil && $0.engine == nil })
        #expect(SystemClock.monotonicMilliseconds() - started < 6000)
    }

    @Test("a window full of silent agents opens again long before their time-outs")
    func window() {
        let silent = SilentSocket()
        let started = SystemClock.monotonicMilliseconds()

        let dialogues = (0..<6).map { _ in (agent(silent.port, timeout: 60_000), OneQuestion()) }
        let results = exchange(window: 2, seconds: 2).run(dialogues)

        #expect(results.allSatisfy { $0.failure == .deadline })
        #expect(results.map(\.requests) == [1, 1, 1, 1, 1, 1])
        #expect(SystemClock.monotonicMilliseconds() - started < 10_000)
    }

    @Test("what is not sent when the deadline comes fails with it, too")
    func deadline() {
        let silent = SilentSocket()

        let results = exchange(seconds: 0).run([(agent(silent.port, timeout: 1000), OneQuestion())])

        #expect(results.map(\.failure) == [.deadline])
        #expect(results.map(\.requests) == [0])
    }

    @Test("a port where nothing listens is unreachable at once")
    func refused() {
        let port = SilentSocket().port

        let results = exchange().run([(agent(port, timeout: 60_000), OneQuestion())])

        #expect(results.map(\.failure) == [.unreachable("Connection refused")])
    }

    @Test("where descriptors are short, the dead do not keep theirs from the living")
    func fewSockets() {
        let silent = SilentSocket()
        let echo = EchoAgent()
        let agents =
            (0..<6).map { _ in agent(silent.port, timeout: 100, retries: 2) }
            + (0..<6).map { _ in agent(echo.port, timeout: 20_000) }
        let conversations = ConversationList(agents.map { _ in OneQuestion() })

        var results: [DialogueResult<OneQuestion>] = []
        Library.exclusively {
            var run = ExchangeRun(
                agents,
                conversations,
                window: 8,
                deadline: SystemClock.monotonicMilliseconds() + 20_000,
                mostSockets: 2
            )
            run.carryOn()
            results = run.results(conversations.all)
        }

        #expect(results.prefix(6).map(\.failure) == Array(repeating: .timeout, count: 6))
        #expect(results.prefix(6).map(\.requests) == Array(repeating: 3, count: 6))
        #expect(results.suffix(6).map(\.failure) == Array(repeating: nil, count: 6))
        #expect(results.suffix(6).allSatisfy { $0.conversation.replies.count == 1 })
    }
}
