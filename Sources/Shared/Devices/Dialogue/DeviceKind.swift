// What the plans of devices of one kind have in common: everything but names, serial numbers and the like. Of ten
// thousand devices most are of a few kinds, so it is kept and read once for all of them.

import Basics
package import MIB

/// What is asked of the devices of one kind, and how the answers become a reading.
package final class DeviceKind: Sendable {
    /// Goes up when kinds of an older program must not be used.
    private static let version: UInt64 = 1

    /// The profile they are read with, and that profile's fingerprint.
    let profile: String
    let fingerprint: UInt64
    /// What rarely changes, in order.
    let settled: [ObjectIdentifier]
    /// What must be asked every time, in order.
    let moving: [ObjectIdentifier]
    /// How that becomes a reading; absent: by the profile.
    let recipe: ReadingRecipe?
    /// The objects that are both: another value means another device; by their places in `moving` and `settled`.
    let watched: [(moving: Int, settled: Int)]
    /// What a poll asks: how long the agent has been up, and then what moves.
    let asked: [ObjectIdentifier]
    /// It as bytes, to be kept until the next poll.
    package let bytes: [UInt8]

    /// A kind of these parts.
    init(
        profile: String,
        fingerprint: UInt64,
        settled: [ObjectIdentifier],
        moving: [ObjectIdentifier],
        recipe: ReadingRecipe?
    ) {
        self.profile = profile
        self.fingerprint = fingerprint
        self.settled = settled
        self.moving = moving
        self.recipe = recipe
        watched = Self.watched(moving, settled)
        asked = [DeviceConversation.sysUpTime] + moving
        var writer = ByteWriter()
        writer.put(Self.version)
        writer.put(profile)
        writer.put(fingerprint)
        writer.put(settled)
        writer.put(moving)
        writer.optional(recipe) { $0.put($1) }
        bytes = writer.bytes
    }

    /// The kind in `bytes`; nil when that is none, or one of another version.
    package init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        do throws(ByteMismatch) {
            guard try reader.unsigned() == Self.version else { return nil }
            profile = try reader.text()
            fingerprint = try reader.unsigned()
            settled = try reader.identifiers()
            moving = try reader.identifiers()
            let inputCount = settled.count + moving.count
            recipe = try reader.optional { reader throws(ByteMismatch) in
                try reader.recipe(inputCount: inputCount)
            }
            guard reader.isAtEnd else { return nil }
        } catch {
            return nil
        }
        watched = Self.watched(moving, settled)
        asked = [DeviceConversation.sysUpTime] + moving
        self.bytes = bytes
    }

    /// What a poll asks of a device of this kind.
    package var askedObjects: [ObjectIdentifier] { asked }

    /// What it is called where plans name it: the same for the same content.
    package var key: Int64 { Int64(bitPattern: ProfileReader.fingerprint(of: bytes)) }

    private static func watched(
        _ moving: [ObjectIdentifier],
        _ settled: [ObjectIdentifier]
    ) -> [(moving: Int, settled: Int)] {
        let places = Dictionary(
            settled.enumerated().map { ($1, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        return moving.enumerated().compactMap { number, object in places[object].map { (number, $0) } }
    }
}

/// The kinds that former polls met, each read when it is first needed.
package final class DeviceKinds {
    private let bytes: [Int64: [UInt8]]
    private var kinds: [Int64: DeviceKind?] = [:]

    /// The kinds in `bytes`, by their keys.
    package init(_ bytes: [Int64: [UInt8]] = [:]) {
        self.bytes = bytes
    }

    /// The kind called `key`; nil when it is not known.
    package subscript(key: Int64) -> DeviceKind? {
        if let known = kinds[key] { return known }
        let read = bytes[key].flatMap(DeviceKind.init)
        kinds[key] = .some(read)
        return read
    }
}
