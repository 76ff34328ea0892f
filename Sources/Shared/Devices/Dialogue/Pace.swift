// How much one request asks for. Agents in PDUs are small: some answer "tooBig", some say nothing at all to a large
// GETBULK, some fail on any GETBULK. What a conversation learns of its agent is kept here.

import MIB

/// How hard an agent may be asked.
struct Pace: Hashable, Sendable {
    /// What an agent of which nothing is known is asked for at the most: objects, and rows by one GETBULK.
    private static let firstObjects = 45
    private static let firstRows = 12
    /// The most that is ever asked for, of either.
    static let most = 64
    /// So few objects that an agent must answer, if it answers at all.
    private static let fewest = 4
    /// How often an agent may meet a request with silence.
    private static let mostSilences = 3

    /// The most objects that one answer should hold.
    private(set) var objects = firstObjects
    /// The most rows that one GETBULK asks for.
    private(set) var rows = firstRows
    /// Whether GETBULK works.
    private(set) var usesBulk = true
    /// Whether nothing has ever been too much.
    private var mayGrow = true
    private var silences = 0

    /// The pace of an agent of which nothing is known.
    init() {}

    /// The pace of an agent that takes answers of `objects` at the most; nil unless that is 1 to 64.
    init?(objects: Int, usesBulk: Bool) {
        guard (1...Self.most).contains(objects) else { return nil }
        self.objects = objects
        self.usesBulk = usesBulk
        mayGrow = objects >= Self.firstObjects
    }

    /// What of it is worth keeping for the next poll.
    var kept: Pace { Pace(objects: objects, usesBulk: usesBulk) ?? Pace() }

    /// Whether it asks for less than `other`.
    func isSlower(than other: Pace) -> Bool {
        objects < other.objects || (other.usesBulk && !usesBulk)
    }

    /// Asks for more after an answer of all `count` objects, or all `rows` rows, that were asked for, if those were
    /// about as many as may be.
    mutating func widen(after count: Int, rows: Int = 0) {
        guard mayGrow else { return }
        if count * 4 > objects * 3 { objects = min(Self.most, objects + objects / 2) }
        if rows >= self.rows { self.rows = min(Self.most, self.rows * 2) }
    }

    /// Asks for half of what was too much.
    mutating func narrow(from count: Int) {
        mayGrow = false
        objects = max(1, min(objects, count) / 2)
    }

    /// Goes on with GETNEXT.
    mutating func stopBulk() {
        usesBulk = false
    }

    /// Copes with silence: with what was answered before, then with half as much and without GETBULK, then with very
    /// little.
    ///
    /// - Throws: `DeviceError.silent` the third time.
    mutating func slowDown(after asked: [ObjectIdentifier]) throws(DeviceError) {
        silences += 1
        guard silences < Self.mostSilences else {
            let first = asked.first?.description ?? "nothing"
            throw .silent(
                "no answer about \(first) and \(max(0, asked.count - 1)) more, though it answered before"
            )
        }
        if mayGrow, rows > Self.firstRows || objects > Self.firstObjects {
            objects = min(objects, Self.firstObjects)
            rows = Self.firstRows
            mayGrow = false
            return
        }
        stopBulk()
        narrow(from: max(2, asked.count))
        if silences > 1 { objects = min(objects, Self.fewest) }
    }
}
