package import MIB

/// What an SNMPv3 agent's Report says is wrong with a request (RFC 3414, section 3.2; SNMP-USER-BASED-SM-MIB).
package enum Report: Hashable, Sendable {
    /// usmStatsUnsupportedSecLevels.
    case unsupportedSecurityLevel
    /// usmStatsNotInTimeWindows.
    case notInTimeWindow
    /// usmStatsUnknownUserNames.
    case unknownUser
    /// usmStatsUnknownEngineIDs: the answer to discovery, too.
    case unknownEngine
    /// usmStatsWrongDigests.
    case wrongDigest
    /// usmStatsDecryptionErrors.
    case decryptionError
    /// Any other counter, such as snmpUnknownContexts.
    case other(ObjectIdentifier)

    /// usmStats.
    private static let statistics = ObjectIdentifier([1, 3, 6, 1, 6, 3, 15, 1, 1])

    /// The report that carries the counter `identifier`, with or without its instance.
    package init(counter identifier: ObjectIdentifier) {
        self =
            switch identifier.suffix(after: Self.statistics)?.first {
            case 1: .unsupportedSecurityLevel
            case 2: .notInTimeWindow
            case 3: .unknownUser
            case 4: .unknownEngine
            case 5: .wrongDigest
            case 6: .decryptionError
            default: .other(identifier)
            }
    }
}
