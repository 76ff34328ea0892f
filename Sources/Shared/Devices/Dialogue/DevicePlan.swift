// What a poll learns for those after it: which family a device is of, what rarely changes, and exactly which objects
// move. A known device then costs a request or two instead of the reading of whole tables.

package import Basics
import MIB

/// How to read a device that has been read before.
package struct DevicePlan: Hashable, Sendable {
    /// Goes up when plans of an older program must not be used.
    private static let version = 1

    /// When a plan can have been made, in seconds since 1970: of what is beyond, no age can be worked out.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799

    /// The profile it was read with, and that profile's fingerprint.
    let profile: String
    let fingerprint: UInt64
    /// When everything was read.
    package let takenAt: UnixTime
    /// What the agent can take.
    var pace: Pace
    /// What rarely changes, as it was read; of what is also among `moving`, another value means another device.
    let settled: [VariableBinding]
    /// What must be asked every time, in order.
    let moving: [ObjectIdentifier]

    /// A plan of what `log` noted while `answers` became a reading.
    init(profile: DeviceProfile, at takenAt: UnixTime, pace: Pace, answers: Answers, log: ReadingLog) {
        self.profile = profile.name
        fingerprint = profile.fingerprint
        self.takenAt = takenAt
        self.pace = pace.kept
        var settled: [VariableBinding] = []
        var moving: [ObjectIdentifier] = []
        let introduction = [Introduction.sysDescr, Introduction.sysObjectID]
        let uses = log.uses.merging(introduction.map { ($0, .settled) }) { used, _ in used }
        for (object, use) in uses.sorted(by: { $0.key < $1.key }) {
            if use != .settled { moving.append(object) }
            if use != .moving, let value = answers.value(of: object, columns: profile.columnSet) {
                settled.append(VariableBinding(object, value))
            }
        }
        self.settled = settled
        self.moving = moving
    }

    /// The plan in `bytes`; nil when that is none, or one of another version.
    package init?(_ bytes: [UInt8]) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"))[...]
        guard let head = lines.popFirst().map({ String(decoding: $0, as: UTF8.self).split(separator: " ") }),
            head.count == 7, head[0] == "plan", head[1] == "\(Self.version)",
            let fingerprint = UInt64(head[3], radix: 16), let takenAt = Int64(head[4]),
            Self.times.contains(takenAt),
            let objects = Int(head[5]), let pace = Pace(objects: objects, usesBulk: head[6] == "bulk")
        else { return nil }
        profile = String(head[2])
        self.fingerprint = fingerprint
        self.takenAt = UnixTime(takenAt)
        self.pace = pace
        var settled: [VariableBinding] = []
        var moving: [ObjectIdentifier] = []
        for line in lines {
            if line.contains(UInt8(ascii: "|")) {
                guard let binding = SNMPRecord.binding(in: line) else { return nil }
                settled.append(binding)
            } else {
                guard let object = ObjectIdentifier(String(decoding: line, as: UTF8.self)) else { return nil }
                moving.append(object)
            }
        }
        self.settled = settled
        self.moving = moving
    }

    /// The plan as bytes, to be kept until the next poll.
    package var bytes: [UInt8] {
        let bulk = pace.usesBulk ? "bulk" : "next"
        let head =
            "plan \(Self.version) \(profile) \(String(fingerprint, radix: 16)) \(takenAt.seconds)"
            + " \(pace.objects) \(bulk)"
        let lines = [head] + settled.compactMap(SNMPRecord.line) + moving.map(\.description)
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}

extension Answers {
    /// The value of `object`, which may lie in one of `columns`.
    fileprivate func value(of object: ObjectIdentifier, columns: Set<ObjectIdentifier>) -> SNMPValue? {
        if let value = objects[object] { return value }
        guard let (column, index) = object.place(in: columns) else { return nil }
        return self.columns[column]?[index]
    }

    /// Adds `bindings`, each to the one of `columns` in which it lies, or to the single objects.
    mutating func take(_ bindings: some Sequence<VariableBinding>, columns: Set<ObjectIdentifier>) {
        for binding in bindings {
            if let (column, index) = binding.identifier.place(in: columns) {
                self.columns[column, default: ColumnValues()].set(binding.value, at: index)
            }
            objects[binding.identifier] = binding.value
        }
    }
}

extension ObjectIdentifier {
    /// The one of `columns` in which the object lies, and its row.
    fileprivate func place(
        in columns: Set<ObjectIdentifier>
    ) -> (column: ObjectIdentifier, index: [UInt32])? {
        var column = self
        while column.components.popLast() != nil, column.components.count > 6 {
            if columns.contains(column) {
                return (column, Array(components.dropFirst(column.components.count)))
            }
        }
        return nil
    }
}
