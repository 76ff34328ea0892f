import CNetSNMP
import MIB

/// The bindings of a list that libsnmp decoded and still owns.
func variableBindings(_ first: UnsafeMutablePointer<netsnmp_variable_list>?) -> [VariableBinding] {
    var bindings: [VariableBinding] = []
    var next = first
    while let variable = next {
        let name = UnsafeBufferPointer(start: variable.pointee.name, count: variable.pointee.name_length)
        let identifier = ObjectIdentifier(name.map { UInt32(truncatingIfNeeded: $0) })
        bindings.append(VariableBinding(identifier, value(of: variable.pointee)))
        next = variable.pointee.next_variable
    }
    return bindings
}

/// The value in `variable`, by its type.
private func value(of variable: netsnmp_variable_list) -> SNMPValue {
    let number = variable.val.integer
    switch Int32(variable.type) {
    case csnmp_integer:
        return number.map { .integer(Int64($0.pointee)) } ?? .null
    case csnmp_counter, csnmp_unsigned, csnmp_uinteger:
        return number.map { .unsigned(UInt64(UInt32(truncatingIfNeeded: $0.pointee))) } ?? .null
    case csnmp_time_ticks:
        return number.map { .timeTicks(UInt32(truncatingIfNeeded: $0.pointee)) } ?? .null
    case csnmp_counter64, csnmp_uint64, csnmp_opaque_counter64:
        return variable.val.counter64.map { .unsigned(bits(of: $0.pointee)) } ?? .null
    case csnmp_int64:
        return variable.val.counter64.map { .integer(Int64(bitPattern: bits(of: $0.pointee))) } ?? .null
    case csnmp_float:
        return variable.val.floatVal.map { .octets(Array(DecimalText.shortest($0.pointee).utf8)) } ?? .null
    case csnmp_double:
        return variable.val.doubleVal.map { .octets(Array(DecimalText.shortest($0.pointee).utf8)) } ?? .null
    case csnmp_object_id:
        let count = variable.val_len / MemoryLayout<oid>.size
        let components = UnsafeBufferPointer(start: variable.val.objid, count: count)
        return .identifier(ObjectIdentifier(components.map { UInt32(truncatingIfNeeded: $0) }))
    case csnmp_ip_address:
        return .address(octets(of: variable))
    case csnmp_no_such_object, csnmp_no_such_instance:
        return .absent
    case csnmp_end_of_view:
        return .endOfView
    case csnmp_null:
        return .null
    default:
        return .octets(octets(of: variable))
    }
}

private func octets(of variable: netsnmp_variable_list) -> [UInt8] {
    variable.val.string.map { Array(UnsafeBufferPointer(start: $0, count: variable.val_len)) } ?? []
}

/// libsnmp keeps 64 bits in two longs of 32.
private func bits(of number: counter64) -> UInt64 {
    UInt64(truncatingIfNeeded: number.high) << 32 | UInt64(UInt32(truncatingIfNeeded: number.low))
}
