// How a row of `open_account` is written. Most numbers are said by how far they are from what they mostly are, so that
// two dozen outlets fit into half a page.
//
//   row:      version (1), the newest time of a reading, the hour (0, or 1 with its start from that time and its length),
//             texts (their number, then each), the number of elements, elements
//   element:  its id from the one before, marks, then what the marks say that there is, in the order below
//
// Numbers, texts and quantities are those of Basics/ByteWriter.swift and QuantityCoding.swift. The same accounts always make the same bytes.

import Basics
import Energy

enum OpenAccountCoding {
    private static let version: UInt64 = 1

    /// What there is of an element.
    private struct Marks: OptionSet {
        var rawValue: UInt64
        static let state = Marks(rawValue: 1 << 0)
        static let isPowerWithheld = Marks(rawValue: 1 << 1)
        static let power = Marks(rawValue: 1 << 2)
        static let counter = Marks(rawValue: 1 << 3)
        static let rollup = Marks(rawValue: 1 << 4)
        /// It was last read before the newest time of the row.
        static let isOlder = Marks(rawValue: 1 << 5)
        /// Energy was entered until another time than that of the last reading.
        static let enteredElsewhen = Marks(rawValue: 1 << 6)
        static let powerElsewhen = Marks(rawValue: 1 << 7)
        static let counterElsewhen = Marks(rawValue: 1 << 8)
        static let since = Marks(rawValue: 1 << 9)
        static let unit = Marks(rawValue: 1 << 10)
        static let withheld = Marks(rawValue: 1 << 11)
        static let comparison = Marks(rawValue: 1 << 12)
        static let isScaleSuspect = Marks(rawValue: 1 << 13)
    }

    /// What there is of a rollup.
    private struct RollupMarks: OptionSet {
        var rawValue: UInt64
        static let counted = RollupMarks(rawValue: 1 << 0)
        static let integrated = RollupMarks(rawValue: 1 << 1)
        static let extremes = RollupMarks(rawValue: 1 << 2)
        static let interpolated = RollupMarks(rawValue: 1 << 3)
        static let corrected = RollupMarks(rawValue: 1 << 4)
        static let interpolatedSeconds = RollupMarks(rawValue: 1 << 5)
    }

    // MARK: - Writing

    /// Writes a row into `writer`, in place of what it has.
    static func encode(_ hour: Bucket?, _ entries: [OpenAccount.Entry], _ writer: inout ByteWriter) {
        var newest: Int64?
        var texts: [String] = []
        for entry in entries {
            guard let state = entry.state else { continue }
            newest = max(newest ?? .min, state.lastAt.seconds)
            for text in [state.counter?.since, state.counter?.unit] {
                if let text, !texts.contains(text) { texts.append(text) }
            }
        }
        let time = newest ?? hour?.start.seconds ?? 0
        writer.clear()
        writer.put(version)
        writer.put(time)
        writer.put(hour != nil)
        if let hour {
            writer.put(time &- hour.start.seconds)
            writer.put(hour.end - hour.start)
        }
        writer.list(texts) { $0.put($1) }
        writer.put(UInt64(entries.count))
        var last: Int64 = 0
        for entry in entries {
            writer.put(entry.element &- last)
            last = entry.element
            let marks = marks(of: entry, time)
            writer.put(marks.rawValue)
            if let state = entry.state { append(state, marks, time, texts, &writer) }
            if let rollup = entry.rollup { append(rollup, hour?.start.seconds ?? 0, &writer) }
        }
    }

    private static func marks(of entry: OpenAccount.Entry, _ time: Int64) -> Marks {
        var marks: Marks = []
        if entry.rollup != nil { marks.insert(.rollup) }
        guard let state = entry.state else { return marks }
        marks.insert(.state)
        if state.isPowerWithheld { marks.insert(.isPowerWithheld) }
        if state.lastAt.seconds != time { marks.insert(.isOlder) }
        if state.enteredUntil != state.lastAt { marks.insert(.enteredElsewhen) }
        if let power = state.lastPower {
            marks.insert(.power)
            if power.at != state.lastAt { marks.insert(.powerElsewhen) }
        }
        guard let counter = state.counter else { return marks }
        marks.insert(.counter)
        if counter.at != state.lastAt { marks.insert(.counterElsewhen) }
        if counter.since != nil { marks.insert(.since) }
        if counter.unit != nil { marks.insert(.unit) }
        if counter.withheld != nil { marks.insert(.withheld) }
        if counter.comparison != nil { marks.insert(.comparison) }
        if counter.isScaleSuspect { marks.insert(.isScaleSuspect) }
        return marks
    }

    private static func append(
        _ state: MeterState,
        _ marks: Marks,
        _ time: Int64,
        _ texts: [String],
        _ writer: inout ByteWriter
    ) {
        let at = state.lastAt.seconds
        if marks.contains(.isOlder) { writer.put(time &- at) }
        if marks.contains(.enteredElsewhen) { writer.put(state.enteredUntil.seconds &- at) }
        if let power = state.lastPower {
            writer.put(quantity: power.power)
            if marks.contains(.powerElsewhen) { writer.put(at &- power.at.seconds) }
        }
        guard let counter = state.counter else { return }
        if marks.contains(.counterElsewhen) { writer.put(at &- counter.at.seconds) }
        let (value, start) = (counter.value.thousandths, counter.epochStart.thousandths)
        writer.put(quantity: counter.value)
        writer.put(quantity: FixedPoint(thousandths: value &- start))
        writer.put(counter.epochEnergy &- energy(of: value &- start))
        writer.put(counter.at.seconds &- counter.movedAt.seconds)
        for text in [counter.since, counter.unit] {
            if let text, let index = texts.firstIndex(of: text) { writer.put(UInt64(index)) }
        }
        if let withheld = counter.withheld {
            writer.put(at &- withheld.at.seconds)
            writer.put(quantity: withheld.value)
            writer.put(withheld.epochEnergy)
        }
        if let comparison = counter.comparison {
            let rise = value &- comparison.from.thousandths
            writer.put(quantity: FixedPoint(thousandths: rise))
            writer.put(comparison.integral &- energy(of: rise))
        }
    }

    private static func append(_ rollup: Rollup, _ start: Int64, _ writer: inout ByteWriter) {
        var marks: RollupMarks = []
        let energy = rollup.energy
        if energy.counted != nil { marks.insert(.counted) }
        if energy.integrated != nil { marks.insert(.integrated) }
        if rollup.minimum != nil, rollup.maximum != nil { marks.insert(.extremes) }
        if energy.interpolated != nil { marks.insert(.interpolated) }
        if energy.corrected != nil { marks.insert(.corrected) }
        if rollup.interpolatedSeconds != 0 { marks.insert(.interpolatedSeconds) }
        writer.put(marks.rawValue)
        writer.put(rollup.readings)
        writer.put(quantity: FixedPoint(thousandths: rollup.powerSum))
        writer.put(rollup.coveredSeconds)
        writer.put(rollup.powerIntegral)
        if let counted = energy.counted { writer.put(counted &- rollup.powerIntegral) }
        if let integrated = energy.integrated { writer.put(integrated &- rollup.powerIntegral) }
        if let minimum = rollup.minimum, let maximum = rollup.maximum {
            writer.put(quantity: minimum.power)
            writer.put(minimum.at.seconds &- start)
            writer.put(
                quantity: FixedPoint(thousandths: maximum.power.thousandths &- minimum.power.thousandths)
            )
            writer.put(maximum.at.seconds &- start)
        }
        if let interpolated = energy.interpolated { writer.put(interpolated) }
        if let corrected = energy.corrected { writer.put(corrected) }
        if rollup.interpolatedSeconds != 0 { writer.put(rollup.interpolatedSeconds) }
    }

    /// Thousandths of a watt-second in `rise`, thousandths of a watt-hour.
    private static func energy(of rise: Int64) -> Int64 { rise &* 3600 }

    // MARK: - Reading

    /// What `bytes` say.
    static func decode(_ bytes: [UInt8]) throws(ByteMismatch) -> (Bucket?, [OpenAccount.Entry]) {
        var reader = ByteReader(bytes)
        guard try reader.unsigned() == version else { throw ByteMismatch() }
        let time = try reader.signed()
        var hour: Bucket?
        if try reader.flag() {
            let start = time &- (try reader.signed())
            let length = try reader.signed()
            guard length > 0 else { throw ByteMismatch() }
            hour = Bucket(.hour, start: UnixTime(start), end: UnixTime(start &+ length))
        }
        var texts: [String] = []
        for _ in 0..<(try reader.count()) { texts.append(try reader.text()) }
        let count = try reader.count()
        var entries: [OpenAccount.Entry] = []
        entries.reserveCapacity(count)
        var element: Int64 = 0
        for _ in 0..<count {
            let step = try reader.signed()
            guard step > 0 else { throw ByteMismatch() }
            element = element &+ step
            let marks = Marks(rawValue: try reader.unsigned())
            var entry = OpenAccount.Entry(element: element)
            if marks.contains(.state) { entry.state = try state(marks, time, texts, &reader) }
            if marks.contains(.rollup) {
                guard let hour else { throw ByteMismatch() }
                entry.rollup = try rollup(hour.start.seconds, &reader)
            }
            entries.append(entry)
        }
        guard reader.isAtEnd else { throw ByteMismatch() }
        return (hour, entries)
    }

    private static func state(
        _ marks: Marks,
        _ time: Int64,
        _ texts: [String],
        _ reader: inout ByteReader
    ) throws(ByteMismatch) -> MeterState {
        let at = marks.contains(.isOlder) ? time &- (try reader.signed()) : time
        let until = marks.contains(.enteredElsewhen) ? at &+ (try reader.signed()) : at
        var state = MeterState(
            lastAt: UnixTime(at),
            enteredUntil: UnixTime(until),
            lastPower: nil,
            counter: nil
        )
        state.isPowerWithheld = marks.contains(.isPowerWithheld)
        if marks.contains(.power) {
            let power = try reader.quantity()
            let read = marks.contains(.powerElsewhen) ? at &- (try reader.signed()) : at
            state.lastPower = PowerExtreme(power: power, at: UnixTime(read))
        }
        if marks.contains(.counter) { state.counter = try counter(marks, at, texts, &reader) }
        return state
    }

    private static func counter(
        _ marks: Marks,
        _ lastAt: Int64,
        _ texts: [String],
        _ reader: inout ByteReader
    ) throws(ByteMismatch) -> CounterState {
        let at = marks.contains(.counterElsewhen) ? lastAt &- (try reader.signed()) : lastAt
        let value = try reader.quantity()
        let rise = try reader.quantity().thousandths
        let energy = try reader.signed() &+ energy(of: rise)
        let moved = at &- (try reader.signed())
        var counter = CounterState(
            at: UnixTime(at),
            value: value,
            since: marks.contains(.since) ? try text(texts, &reader) : nil,
            epochStart: FixedPoint(thousandths: value.thousandths &- rise),
            epochEnergy: energy,
            unit: marks.contains(.unit) ? try text(texts, &reader) : nil,
            movedAt: UnixTime(moved)
        )
        if marks.contains(.withheld) {
            counter.withheld = WithheldJump(
                at: UnixTime(lastAt &- (try reader.signed())),
                value: try reader.quantity(),
                epochEnergy: try reader.signed()
            )
        }
        if marks.contains(.comparison) {
            let rise = try reader.quantity().thousandths
            counter.comparison = ScaleComparison(
                from: FixedPoint(thousandths: value.thousandths &- rise),
                integral: try reader.signed() &+ self.energy(of: rise)
            )
        }
        counter.isScaleSuspect = marks.contains(.isScaleSuspect)
        return counter
    }

    private static func text(_ texts: [String], _ reader: inout ByteReader) throws(ByteMismatch) -> String {
        let index = try reader.unsigned()
        guard index < UInt64(texts.count) else { throw ByteMismatch() }
        return texts[Int(index)]
    }

    private static func rollup(_ start: Int64, _ reader: inout ByteReader) throws(ByteMismatch) -> Rollup {
        var rollup = Rollup()
        let marks = RollupMarks(rawValue: try reader.unsigned())
        rollup.readings = try reader.signed()
        rollup.powerSum = try reader.quantity().thousandths
        rollup.coveredSeconds = try reader.signed()
        rollup.powerIntegral = try reader.signed()
        if marks.contains(.counted) { rollup.energy.counted = try reader.signed() &+ rollup.powerIntegral }
        if marks.contains(.integrated) {
            rollup.energy.integrated = try reader.signed() &+ rollup.powerIntegral
        }
        if marks.contains(.extremes) {
            let lowest = try reader.quantity()
            let minimum = UnixTime(start &+ (try reader.signed()))
            let range = try reader.quantity().thousandths
            let maximum = UnixTime(start &+ (try reader.signed()))
            rollup.minimum = PowerExtreme(power: lowest, at: minimum)
            rollup.maximum = PowerExtreme(
                power: FixedPoint(thousandths: lowest.thousandths &+ range),
                at: maximum
            )
            rollup.members = 1
        }
        if marks.contains(.interpolated) { rollup.energy.interpolated = try reader.signed() }
        if marks.contains(.corrected) { rollup.energy.corrected = try reader.signed() }
        if marks.contains(.interpolatedSeconds) { rollup.interpolatedSeconds = try reader.signed() }
        return rollup
    }
}
