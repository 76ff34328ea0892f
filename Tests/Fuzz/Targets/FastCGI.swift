// A connection's first bytes, and what libfcgi makes of those that are let through to it.

@testable import FastCGI

extension FuzzTarget {
    /// The heads of FastCGI requests: what is turned away stays so, whatever follows, and what is not, libfcgi reads
    /// and answers.
    static let fastCGI = FuzzTarget("fastcgi", longest: 8000) { input in
        let whole = outcome(of: [input[...]])
        checkPieces(of: input, as: whole)
        guard case .complete(let records, _) = whole else { return .refused }
        return isAnswered(records) ? .taken : .refused
    }

    /// What comes of a head that arrives in `pieces`.
    private static func outcome(of pieces: [ArraySlice<UInt8>]) -> RequestHead.Outcome {
        var head = RequestHead()
        for piece in pieces {
            let outcome = head.take(piece)
            if outcome != .incomplete { return outcome }
        }
        return .incomplete
    }

    /// Traps unless the same comes of `input` however it arrives, and wherever in memory it lies.
    private static func checkPieces(of input: [UInt8], as whole: RequestHead.Outcome) {
        precondition(outcome(of: [([1] + input)[1...]]) == whole, "where the bytes lie makes a difference")
        for count in [input.count / 3, input.count * 2 / 3, input.count - 1] where count >= 0 {
            let pieces = outcome(of: [input[..<count], input[count...]])
            precondition(
                pieces == whole,
                "in pieces of \(count) bytes and more it is \(pieces), else \(whole)"
            )
        }
    }

    /// Whether libfcgi finds a request in `records`, and then gives its answer.
    private static func isAnswered(_ records: [UInt8]) -> Bool {
        precondition(Server.library == 0, "libfcgi cannot be started")
        var slot = RequestSlot()
        guard let request = slot.begin(records) else { return false }
        for name in ["REQUEST_METHOD", "QUERY_STRING", "CONTENT_LENGTH"] { _ = request.text(name) }
        let response = Response(status: 200, fields: [], body: Array("answered".utf8))
        let answer = slot.answer(response.head, response.content(withoutBody: false), after: records)
        precondition(answer != nil, "there is no answer")
        return true
    }
}
