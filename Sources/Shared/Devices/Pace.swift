// How much one request asks for. Agents in PDUs are small: some answer "tooBig", some say nothing at all to a large
// GETBULK, some fail on any GETBULK. What a conversation learns of its agent is kept here and only ever gets less.

import MIB

/// How hard an agent may be asked.
struct Pace: Hashable, Sendable {
    /// The most objects that one answer should hold.
    ///
    /// 45 objects of a rack PDU make an answer of about 1.2 kB, which still fits one Ethernet frame.
    private(set) var objects = 45
    /// The most rows that one GETBULK asks for.
    let rows = 12
    /// Whether GETBULK works.
    private(set) var usesBulk = true
    private var silences = 0

    /// The pace of an agent of which nothing is known.
    init() {}

    /// The pace of an agent that takes answers of `objects` at the most; nil unless that is 1 to 45.
    init?(objects: Int, usesBulk: Bool) {
        guard (1...self.objects).contains(objects) else { return nil }
        self.objects = objects
        self.usesBulk = usesBulk
    }

    /// Asks for half of what was too much.
    mutating func narrow(from count: Int) {
        objects = max(1, min(objects, count) / 2)
    }

    /// Goes on with GETNEXT.
    mutating func stopBulk() {
        usesBulk = false
    }

    /// Copes with silence, once: half as much, without GETBULK.
    ///
    /// - Throws: `DeviceError.silent` the second time.
    mutating func slowDown(after asked: [ObjectIdentifier]) throws(DeviceError) {
        silences += 1
        guard silences == 1 else {
            let first = asked.first?.description ?? "nothing"
            throw .silent(
                "no answer about \(first) and \(max(0, asked.count - 1)) more, though it answered before"
            )
        }
        stopBulk()
        narrow(from: max(2, asked.count))
    }
}
