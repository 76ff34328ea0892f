/// Answers as the recorded agent would.
package struct RecordedAgent: Sendable {
    /// What it knows.
    package let walk: RecordedWalk

    /// An agent that knows `walk`.
    package init(_ walk: RecordedWalk) {
        self.walk = walk
    }

    /// The answer to `request` (RFC 3416, section 4.2).
    package func answer(_ request: SNMPRequest) -> SNMPReply {
        switch request {
        case .get(let identifiers):
            .bindings(identifiers.map { VariableBinding($0, walk[$0] ?? .absent) })
        case .getNext(let identifiers):
            .bindings(identifiers.map(next))
        case .getBulk(let identifiers, let repetitions):
            .bindings(rows(after: identifiers, count: repetitions))
        }
    }

    /// Answers `conversation` until it has nothing more to ask.
    package func answer(_ conversation: inout some Conversation) {
        while let request = conversation.nextRequest() {
            conversation.receive(answer(request))
        }
    }

    private func next(after identifier: ObjectIdentifier) -> VariableBinding {
        var index = walk.firstIndex(notBefore: identifier)
        if index < walk.bindings.count, walk.bindings[index].identifier == identifier { index += 1 }
        return index < walk.bindings.count ? walk.bindings[index] : VariableBinding(identifier, .endOfView)
    }

    /// Row by row; no more rows once every object of one has passed the end.
    private func rows(after identifiers: [ObjectIdentifier], count: Int) -> [VariableBinding] {
        var bindings: [VariableBinding] = []
        var row = identifiers
        for _ in 0..<max(0, count) {
            let nextRow = row.map(next)
            bindings += nextRow
            if nextRow.allSatisfy({ $0.value == .endOfView }) { break }
            row = nextRow.map(\.identifier)
        }
        return bindings
    }
}
