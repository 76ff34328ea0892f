/// A value as an agent sent it (RFC 2578, section 7; RFC 3416, section 3).
package enum SNMPValue: Hashable, Sendable {
    /// INTEGER, Integer32.
    case integer(Int64)
    /// Counter32, Gauge32, Unsigned32, Counter64.
    case unsigned(UInt64)
    /// TimeTicks, hundredths of a second.
    case timeTicks(UInt32)
    /// OCTET STRING, Opaque, and anything else that is bytes.
    case octets([UInt8])
    /// OBJECT IDENTIFIER.
    case identifier(ObjectIdentifier)
    /// IpAddress.
    case address([UInt8])
    /// NULL: some agents send it for what they do not have.
    case null
    /// noSuchObject or noSuchInstance.
    case absent
    /// endOfMibView.
    case endOfView
}

/// One object and its value.
package struct VariableBinding: Hashable, Sendable {
    package let identifier: ObjectIdentifier
    package let value: SNMPValue

    /// `identifier` = `value`.
    package init(_ identifier: ObjectIdentifier, _ value: SNMPValue) {
        self.identifier = identifier
        self.value = value
    }
}
