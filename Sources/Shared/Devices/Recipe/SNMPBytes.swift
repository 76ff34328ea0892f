// Object identifiers and SNMP values among the bytes that are kept of a plan.

import Basics
import MIB

extension ByteWriter {
    mutating func put(_ identifier: ObjectIdentifier) {
        list(identifier.components) { $0.put(UInt64($1)) }
    }

    /// Object identifiers, each by what it has in common with the one before it.
    mutating func put(_ identifiers: [ObjectIdentifier]) {
        var former: [UInt32] = []
        list(identifiers) { writer, identifier in
            let components = identifier.components
            var common = 0
            while common < min(former.count, components.count), former[common] == components[common] {
                common += 1
            }
            writer.put(UInt64(common))
            writer.list(components[common...]) { $0.put(UInt64($1)) }
            former = components
        }
    }

    mutating func put(_ value: SNMPValue) {
        switch value {
        case .integer(let number): tagged(0) { $0.put(number) }
        case .unsigned(let number): tagged(1) { $0.put(number) }
        case .timeTicks(let ticks): tagged(2) { $0.put(UInt64(ticks)) }
        case .octets(let octets): tagged(3) { $0.put(octets) }
        case .identifier(let identifier): tagged(4) { $0.put(identifier) }
        case .address(let octets): tagged(5) { $0.put(octets) }
        case .null: tagged(6) { _ in }
        case .absent: tagged(7) { _ in }
        case .endOfView: tagged(8) { _ in }
        }
    }

    /// One of several forms, by its number.
    mutating func tagged(_ tag: UInt8, _ put: (inout ByteWriter) -> Void) {
        self.put(byte: tag)
        put(&self)
    }
}

extension ByteReader {
    mutating func component() throws(ByteMismatch) -> UInt32 {
        guard let component = UInt32(exactly: try unsigned()) else { throw ByteMismatch() }
        return component
    }

    mutating func identifier() throws(ByteMismatch) -> ObjectIdentifier {
        ObjectIdentifier(try list { reader throws(ByteMismatch) in try reader.component() })
    }

    mutating func identifiers() throws(ByteMismatch) -> [ObjectIdentifier] {
        var former: [UInt32] = []
        return try list { reader throws(ByteMismatch) in
            let common = try reader.unsigned()
            guard common <= UInt64(former.count) else { throw ByteMismatch() }
            former.removeLast(former.count - Int(common))
            former += try reader.list { reader throws(ByteMismatch) in try reader.component() }
            guard former.count <= 128 else { throw ByteMismatch() }
            return ObjectIdentifier(former)
        }
    }

    mutating func value() throws(ByteMismatch) -> SNMPValue {
        switch try byte() {
        case 0: return .integer(try signed())
        case 1: return .unsigned(try unsigned())
        case 2: return .timeTicks(try component())
        case 3: return .octets(try octets())
        case 4: return .identifier(try identifier())
        case 5: return .address(try octets())
        case 6: return .null
        case 7: return .absent
        case 8: return .endOfView
        default: throw ByteMismatch()
        }
    }
}
