import MIB

/// The conversations of an exchange, by number, whatever their type.
protocol Conversations: AnyObject {
    /// What the conversation asks next; nil when it has come to its end.
    func nextRequest(of index: Int) -> SNMPRequest?

    /// Tells the conversation what came of its request.
    func receive(_ reply: SNMPReply, for index: Int)
}

/// Conversations of one type.
final class ConversationList<C: Conversation>: Conversations {
    /// As far as they have come.
    private(set) var all: [C]

    init(_ all: [C]) {
        self.all = all
    }

    func nextRequest(of index: Int) -> SNMPRequest? {
        all[index].nextRequest()
    }

    func receive(_ reply: SNMPReply, for index: Int) {
        all[index].receive(reply)
    }
}
