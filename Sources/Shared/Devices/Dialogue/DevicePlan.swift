// What a poll learns for those after it: which family a device is of, what rarely changes, and exactly which objects
// move. A known device then costs a request or two instead of the reading of whole tables.

package import Basics
import MIB
import Metering

/// How to read a device that has been read before.
package struct DevicePlan: Sendable {
    /// Goes up when plans of an older program must not be used.
    private static let version: UInt64 = 2

    /// When a plan can have been made, in seconds since 1970: of what is beyond, no age can be worked out.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799

    /// What it has in common with others.
    package let kind: DeviceKind
    /// When everything was read.
    package let takenAt: UnixTime
    /// What the agent can take.
    var pace: Pace
    /// The values of the kind's settled objects, as they were read.
    let settled: [SNMPValue]

    /// A plan of what `log` noted while `answers` became `reading`, with what `fallbacks` gave.
    init(
        profile: DeviceProfile,
        at takenAt: UnixTime,
        pace: Pace,
        answers: Answers,
        log: ReadingLog,
        fallbacks: [RowSource],
        reading: DeviceReading,
        hints: DeviceHints
    ) {
        self.takenAt = takenAt
        self.pace = pace.kept
        var settled: [VariableBinding] = []
        var moving: [VariableBinding] = []
        let introduction = [Introduction.sysDescr, Introduction.sysObjectID]
        let uses = log.uses.merging(introduction.map { ($0, .settled) }) { used, _ in used }
        for (object, use) in uses.sorted(by: { $0.key < $1.key }) {
            guard let value = answers.value(of: object, columns: profile.columnSet) else { continue }
            if use != .settled { moving.append(VariableBinding(object, value)) }
            if use != .moving { settled.append(VariableBinding(object, value)) }
        }
        self.settled = settled.map(\.value)
        let known = Answers(settled: settled, moving: moving, columns: profile.columnSet)
        let recipe = RecipeMaker.recipe(
            profile,
            known,
            moving: moving.map(\.identifier),
            settled: settled.map(\.identifier),
            fallbacks: fallbacks
        )
        let inputs = ReadingRecipe.Inputs(moving: moving.map(\.value), settled: self.settled)
        let description = Introduction(known.objects).description
        // A recipe is a short cut, never another opinion.
        let isRight = recipe.reading(inputs, description: { description }, hints: hints) == reading
        kind = DeviceKind(
            profile: profile.name,
            fingerprint: profile.fingerprint,
            settled: settled.map(\.identifier),
            moving: moving.map(\.identifier),
            recipe: isRight ? recipe : nil
        )
    }

    /// The plan in `bytes`, of one of `kinds`; nil when that is none, or one of another version.
    package init?(_ bytes: [UInt8], kinds: DeviceKinds) {
        self.init(bytes) { kinds[$0] }
    }

    /// The plan in `bytes`, of the kind that `kind` knows by its key; nil when that is none, or one of another version.
    package init?(_ bytes: [UInt8], kind: (Int64) -> DeviceKind?) {
        var reader = ByteReader(bytes)
        do throws(ByteMismatch) {
            guard try reader.unsigned() == Self.version, let kind = kind(try reader.signed()) else {
                return nil
            }
            self.kind = kind
            let seconds = try reader.signed()
            guard Self.times.contains(seconds) else { return nil }
            takenAt = UnixTime(seconds)
            guard let pace = Pace(objects: try reader.integer(), usesBulk: try reader.flag()) else {
                return nil
            }
            self.pace = pace
            settled = try reader.list { reader throws(ByteMismatch) in try reader.value() }
            guard reader.isAtEnd, settled.count == kind.settled.count else { return nil }
        } catch {
            return nil
        }
    }

    /// The plan as bytes, to be kept until the next poll, together with its kind's.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.put(Self.version)
        writer.put(kind.key)
        writer.put(takenAt.seconds)
        writer.put(pace.objects)
        writer.put(pace.usesBulk)
        writer.list(settled) { $0.put($1) }
        return writer.bytes
    }

    /// The same plan, taken at another time.
    func taken(at time: UnixTime) -> DevicePlan {
        DevicePlan(kind: kind, takenAt: time, pace: pace, settled: settled)
    }

    private init(kind: DeviceKind, takenAt: UnixTime, pace: Pace, settled: [SNMPValue]) {
        self.kind = kind
        self.takenAt = takenAt
        self.pace = pace
        self.settled = settled
    }

    /// The value of `object` as it was read; nil when it is not among those that rarely change.
    func settledValue(of object: ObjectIdentifier) -> SNMPValue? {
        kind.settled.firstIndex(of: object).map { settled[$0] }
    }
}

extension Answers {
    /// What is known of a device, and what it answered, each in the one of `columns` in which it lies.
    init(settled: [VariableBinding], moving: [VariableBinding], columns: Set<ObjectIdentifier>) {
        take(settled, columns: columns)
        take(moving, columns: columns)
    }

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
