import TestSupport
import Testing

@testable import SNMP

@Suite("Timetable") struct TimetableTests {
    @Test("events come out by their time, whatever order they went in", arguments: [1, 2, 3] as [UInt64])
    func order(seed: UInt64) {
        var source = SeededGenerator(seed: seed)
        let times = (0..<500).map { _ in Int64.random(in: 0..<200, using: &source) }
        var timetable = Timetable<Int64>()
        for time in times { timetable.add(time, at: time) }

        var order: [Int64] = []
        while let next = timetable.next, let event = timetable.popDue(at: next) { order.append(event) }

        #expect(order == times.sorted())
    }

    @Test("an event whose time has not come stays")
    func notYet() {
        var timetable = Timetable<String>()
        timetable.add("later", at: 10)

        #expect(timetable.popDue(at: 9) == nil)
        #expect(timetable.popDue(at: 10) == "later")
        #expect(timetable.next == nil)
    }
}

@Suite("SendQueue") struct SendQueueTests {
    @Test("who has begun goes before who has not, each in the order of coming")
    func order() {
        var queue = SendQueue()
        queue.append(1)
        queue.append(2)
        queue.prepend(8)
        queue.prepend(9)
        #expect(queue.popFirst() == 8)
        queue.append(3)

        #expect([queue.popFirst(), queue.popFirst(), queue.popFirst(), queue.popFirst()] == [9, 1, 2, 3])
        #expect(queue.popFirst() == nil)
    }
}
