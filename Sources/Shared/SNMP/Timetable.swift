/// What is due when: a binary heap, smallest time first.
struct Timetable<Event> {
    private var heap: [(time: Int64, event: Event)] = []

    /// The time of the next event; nil when there is none.
    var next: Int64? { heap.first?.time }

    /// Enters `event` at `time`.
    mutating func add(_ event: Event, at time: Int64) {
        heap.append((time, event))
        var child = heap.count - 1
        while child > 0, heap[child].time < heap[(child - 1) / 2].time {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes out the next event if its time has come.
    mutating func popDue(at now: Int64) -> Event? {
        guard let first = heap.first, first.time <= now else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first.event }
        heap[0] = last
        var parent = 0
        while true {
            let left = parent * 2 + 1
            guard left < heap.count else { break }
            let right = left + 1
            let child = right < heap.count && heap[right].time < heap[left].time ? right : left
            guard heap[child].time < heap[parent].time else { break }
            heap.swapAt(parent, child)
            parent = child
        }
        return first.event
    }
}
