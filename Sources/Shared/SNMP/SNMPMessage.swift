import CNetSNMP
import MIB

/// How a message proves who sends it.
enum MessageSecurity {
    /// SNMPv1 or v2c.
    case community(SNMPCredential.CommunityVersion, String)
    /// SNMPv3 without a user and without an engine: the discovery of RFC 3414, section 4.
    case discovery
    /// SNMPv3 with a user known to an engine, whose clock stands at `boots` and `time`.
    case user(name: String, LocalizedUser, SecurityLevel, boots: UInt32, time: UInt32)

    /// The number of the SNMP version in messages.
    var version: Int {
        switch self {
        case .community(.v1, _): Int(SNMP_VERSION_1)
        case .community(.v2c, _): Int(SNMP_VERSION_2c)
        case .discovery, .user: Int(SNMP_VERSION_3)
        }
    }
}

/// The security levels of RFC 3411, section 3.4.3, by their numbers.
enum SecurityLevel: Int32 {
    case noAuthNoPriv = 1
    case authNoPriv = 2
    case authPriv = 3
}

/// A datagram that was understood.
struct ReceivedMessage {
    /// What an agent may send to a manager.
    enum Content {
        case response(errorStatus: Int, errorIndex: Int, [VariableBinding])
        case report(Report)
    }

    let content: Content
    /// msgID; 0 with SNMPv1 and v2c.
    let messageID: Int
    /// request-id; means nothing in a report.
    let requestID: Int
    /// Whether libsnmp found the digest right, so that the engine's clock can be believed.
    let isAuthentic: Bool
    /// Where it came from, and when; absent with SNMPv1 and v2c.
    let header: SecurityHeader?
}

/// Why a datagram was not understood, in a few words.
struct UnreadableMessage: Error {
    let reason: String
}
