// Which objects a reading was made of: what must be asked again at the next poll, and where each value came from.

package import MIB
package import Metering

/// Where one value of a reading came from.
package struct ValueOrigin: Hashable, Sendable {
    /// What was measured.
    package enum Place: Hashable, Sendable {
        case element(Element)
        case sensor(Int)
    }

    /// The unit behind the address; absent for the one with the address.
    package let unit: Int?
    package let place: Place
    /// In the profile language's words, such as `apparent_power`.
    package let quantity: String
    /// The objects; several for a sum or an estimate.
    package let objects: [ObjectIdentifier]
}

/// Takes notes while a reading is put together.
final class ReadingLog {
    /// A value of a unit.
    private struct Key: Hashable {
        let unit: Int
        let place: ValueOrigin.Place
        let quantity: Quantity
    }

    /// How often an object must be read.
    enum Use: Int, Comparable {
        /// As often as names are.
        case settled
        /// At every poll.
        case moving
        /// At every poll; another value means that everything must be read again.
        case watched

        static func < (left: Use, right: Use) -> Bool { left.rawValue < right.rawValue }
    }

    /// The objects that were looked at and were there.
    private(set) var uses: [ObjectIdentifier: Use] = [:]
    private var objects: [Key: [ObjectIdentifier]] = [:]

    /// Notes that `object` was looked at; of several uses the most demanding counts.
    func use(_ object: ObjectIdentifier, as use: Use) {
        uses[object] = max(use, uses[object] ?? .settled)
    }

    /// Notes that a value was made of `objects`.
    func note(_ quantity: Quantity, of place: ValueOrigin.Place, unit: Int, objects: [ObjectIdentifier]) {
        self.objects[Key(unit: unit, place: place, quantity: quantity)] = objects
    }

    /// Notes that a value is that of another place, or was calculated with it.
    func derive(
        _ quantity: Quantity,
        of place: Element,
        from source: Element,
        _ sourceQuantity: Quantity,
        unit: Int
    ) {
        let origin = objects[Key(unit: unit, place: .element(source), quantity: sourceQuantity)] ?? []
        let key = Key(unit: unit, place: .element(place), quantity: quantity)
        objects[key, default: []] += origin
    }

    /// Where the values came from, `host` being the unit with the address.
    func origins(host: Int) -> [ValueOrigin] {
        objects.map { key, objects in
            ValueOrigin(
                unit: key.unit == host ? nil : key.unit,
                place: key.place,
                quantity: key.quantity.rawValue,
                objects: objects
            )
        }
    }
}
