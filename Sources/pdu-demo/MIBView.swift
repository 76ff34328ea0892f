import MIB

/// The objects that a demonstration PDU shows at one moment, in the order of a walk.
struct MIBView {
    /// A value in the words of snmpd.conf(5), "pass_persist".
    enum Value {
        case integer(Int)
        case gauge(Int)
        case string(String)

        /// The type's name and the value, each on a line of its own.
        var lines: String {
            switch self {
            case .integer(let number): "integer\n\(number)"
            case .gauge(let number): "gauge\n\(number)"
            case .string(let text): "string\n\(text)"
            }
        }
    }

    private(set) var objects: [(identifier: ObjectIdentifier, value: Value)] = []

    /// A view of what `body` adds, in any order.
    init(_ body: (inout MIBView) -> Void) {
        body(&self)
        objects.sort { $0.identifier < $1.identifier }
    }

    /// Adds the object `path` below `root`.
    mutating func add(_ root: ObjectIdentifier, _ path: [UInt32], _ value: Value) {
        objects.append((root.appending(path), value))
    }

    /// Adds row `index` of the table whose entry is `path` below `root`: values by column.
    mutating func addRow(
        _ root: ObjectIdentifier,
        _ path: [UInt32],
        index: Int,
        _ columns: [(column: UInt32, value: Value)]
    ) {
        for (column, value) in columns { add(root, path + [column, UInt32(index)], value) }
    }

    /// The value of exactly this object.
    func value(of identifier: ObjectIdentifier) -> Value? {
        let position = firstPosition { $0 >= identifier }
        guard position < objects.count, objects[position].identifier == identifier else { return nil }
        return objects[position].value
    }

    /// The first object after `identifier`.
    func object(after identifier: ObjectIdentifier) -> (identifier: ObjectIdentifier, value: Value)? {
        let position = firstPosition { $0 > identifier }
        return position < objects.count ? objects[position] : nil
    }

    /// The first position whose identifier satisfies `isBeyond`, which must hold for all that follow it, too.
    private func firstPosition(where isBeyond: (ObjectIdentifier) -> Bool) -> Int {
        var low = 0
        var high = objects.count
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(objects[middle].identifier) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
