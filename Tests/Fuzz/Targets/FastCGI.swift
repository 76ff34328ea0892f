// A connection's first bytes, and what libfcgi makes of those that are let through to it.

import Glibc

@testable import FastCGI

extension FuzzTarget {
    /// The heads of FastCGI requests: what is turned away stays so, whatever follows, and what is not, libfcgi reads
    /// and answers.
    static let fastCGI = FuzzTarget("fastcgi", longest: 8000) { input in
        let whole = RequestHead.inspect(input[...])
        checkBeginnings(of: input, as: whole)
        guard whole == .complete else { return .refused }
        return answerIsSent(to: input) ? .taken : .refused
    }

    /// Traps unless what was said of a part of `input` is compatible with what is said of the whole, which arrived
    /// later, and unless it does not matter where in memory that lies.
    private static func checkBeginnings(of input: [UInt8], as whole: RequestHead) {
        precondition(
            RequestHead.inspect(([1] + input)[1...]) == whole,
            "where the bytes lie makes a difference"
        )
        for count in [input.count / 3, input.count * 2 / 3, input.count - 1] where count >= 0 {
            let part = RequestHead.inspect(input[..<count])
            switch (part, whole) {
            case (.incomplete, _), (.complete, .complete), (.malformed, .malformed): break
            default: preconditionFailure("\(count) bytes are \(part), all of them \(whole)")
            }
        }
    }

    /// Whether libfcgi finds a request in `input`, and then a client gets its answer.
    private static func answerIsSent(to input: [UInt8]) -> Bool {
        precondition(Server.library == 0, "libfcgi cannot be started")
        var ends: [Int32] = [-1, -1]
        precondition(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { close(ends[0]) }
        precondition(send(ends[0], input, input.count, 0) == input.count, "the socket does not hold the head")
        // What libfcgi would wait for beyond the head would be a finding; this way it is one at once.
        shutdown(ends[0], Int32(SHUT_WR))
        let connection = Connection(ends[1])
        var slot = RequestSlot()
        guard let request = slot.begin(on: ends[1]) else { return false }
        for name in ["REQUEST_METHOD", "QUERY_STRING", "CONTENT_LENGTH"] { _ = request.text(name) }
        let response = Response(status: 200, fields: [], body: Array("answered".utf8))
        slot.write(response.encoded(withoutBody: false))
        if slot.finish() { connection.close() }
        var answer = [UInt8](repeating: 0, count: 1024)
        let count = recv(ends[0], &answer, answer.count, 0)
        precondition(count > 0, "the client got no answer")
        return true
    }
}
