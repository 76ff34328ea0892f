package import Basics

/// What can be bound to a statement's parameter.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// `value`, or NULL.
    package static func int(_ value: Int64?) -> SQLValue {
        value.map(SQLValue.integer) ?? .null
    }

    /// 1 or 0, or NULL.
    package static func bool(_ value: Bool?) -> SQLValue {
        value.map { .integer($0 ? 1 : 0) } ?? .null
    }

    /// `value`, or NULL.
    package static func string(_ value: String?) -> SQLValue {
        value.map(SQLValue.text) ?? .null
    }

    /// Seconds since 1970, or NULL.
    package static func time(_ value: UnixTime?) -> SQLValue {
        int(value?.seconds)
    }

    /// Whole thousandths, or NULL.
    package static func thousandths(_ value: FixedPoint?) -> SQLValue {
        int(value?.thousandths)
    }
}
