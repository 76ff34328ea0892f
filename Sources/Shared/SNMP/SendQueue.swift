/// Whose turn it is to send: first those whose dialogue is under way, then the others in the order they came.
struct SendQueue {
    private var urgent = Line()
    private var ordinary = Line()

    /// Whether nobody waits.
    var isEmpty: Bool { urgent.isEmpty && ordinary.isEmpty }

    /// Queues `index` behind everybody.
    mutating func append(_ index: Int) {
        ordinary.append(index)
    }

    /// Queues `index` before all who have not begun.
    mutating func prepend(_ index: Int) {
        urgent.append(index)
    }

    /// Takes whose turn it is.
    mutating func popFirst() -> Int? {
        urgent.popFirst() ?? ordinary.popFirst()
    }

    /// First in, first out, without moving what waits.
    private struct Line {
        private var indices: [Int] = []
        private var next = 0

        var isEmpty: Bool { next == indices.count }

        mutating func append(_ index: Int) {
            indices.append(index)
        }

        mutating func popFirst() -> Int? {
            guard next < indices.count else {
                indices.removeAll(keepingCapacity: true)
                next = 0
                return nil
            }
            next += 1
            return indices[next - 1]
        }
    }
}
