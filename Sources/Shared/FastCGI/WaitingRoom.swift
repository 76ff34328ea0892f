import Synchronization

/// The connections that wait for their clients, of all threads together.
///
/// Thousands may wait, each until its deadline; none of them costs a thread.
final class WaitingRoom: Sendable {
    private struct Content {
        var connections: [Int32: Connection] = [:]
        /// When it is next looked who has waited too long.
        var nextSweep: Int64 = 0
    }

    /// How often it is looked who has waited too long, as long as anybody waits.
    private static let sweepMilliseconds: Int64 = 500

    private let content = Mutex(Content())
    private let capacity: Int

    /// An empty room for `capacity` connections.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var isEmpty: Bool { content.withLock { $0.connections.isEmpty } }

    /// Lets `connection` wait; gives those that must leave for it, which are the caller's to close.
    ///
    /// Where there is no room, an eighth of all goes, those first whose time is over first: so that a flood costs
    /// whoever makes it, and looking for them costs little for each.
    func put(_ connection: Connection) -> [Connection] {
        content.withLock { content in
            let leaving = content.connections.count >= capacity ? WaitingRoom.removeEighth(of: &content) : []
            content.connections[connection.descriptor] = connection
            return leaving
        }
    }

    /// Makes room, and gives those that must leave for it, which are the caller's to close.
    func makeRoom() -> [Connection] {
        content.withLock { WaitingRoom.removeEighth(of: &$0) }
    }

    /// Takes out the connection on `descriptor`; nil when it has left already.
    func take(_ descriptor: Int32) -> Connection? {
        content.withLock { $0.connections.removeValue(forKey: descriptor) }
    }

    /// Takes out all whose time is over at `now`; none where somebody has looked just before.
    func takeOverdue(now: Int64) -> [Connection] {
        content.withLock { content in
            guard !content.connections.isEmpty, now >= content.nextSweep else { return [] }
            content.nextSweep = now + WaitingRoom.sweepMilliseconds
            let overdue = content.connections.values.filter { $0.deadline <= now }
            for connection in overdue { content.connections[connection.descriptor] = nil }
            return overdue
        }
    }

    /// How many milliseconds from `now` on until somebody should look who is overdue; -1 for never.
    func patience(now: Int64) -> Int32 {
        content.withLock { content in
            content.connections.isEmpty ? -1 : Int32(clamping: max(0, content.nextSweep - now))
        }
    }

    /// Lets everybody wait no longer than until `latest`.
    func hurry(until latest: Int64) {
        content.withLock { content in
            content.nextSweep = min(content.nextSweep, latest)
            for descriptor in content.connections.keys {
                content.connections[descriptor]?.hurry(until: latest)
            }
        }
    }

    private static func removeEighth(of content: inout Content) -> [Connection] {
        let leaving = content.connections.values.sorted { $0.deadline < $1.deadline }
            .prefix((content.connections.count + 7) / 8)
        for connection in leaving { content.connections[connection.descriptor] = nil }
        return Array(leaving)
    }
}
