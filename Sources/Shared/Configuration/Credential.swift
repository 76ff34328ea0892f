package import Basics

/// How to prove to a PDU who asks.
package enum Credential: Hashable, Sendable {
    case community(version: Version, Secret)
    case user(User)

    /// The versions that know communities only.
    package enum Version: String, Sendable {
        case v1 = "1"
        case v2c = "2c"
    }

    /// An SNMPv3 user.
    package struct User: Hashable, Sendable {
        /// 1...32 bytes (RFC 3414, usmUserName).
        package var name: String
        package var level: SecurityLevel
        /// MD5 SHA SHA-224 SHA-256 SHA-384 SHA-512; absent with noAuthNoPriv.
        package var authProtocol: String?
        /// At least 8 characters; absent with noAuthNoPriv.
        package var authPassphrase: Secret?
        /// DES AES AES-192 AES-256; absent unless authPriv.
        package var privacyProtocol: String?
        /// At least 8 characters; absent unless authPriv.
        package var privacyPassphrase: Secret?

        /// A user with what its level needs.
        package init(
            name: String,
            level: SecurityLevel,
            authProtocol: String? = nil,
            authPassphrase: Secret? = nil,
            privacyProtocol: String? = nil,
            privacyPassphrase: Secret? = nil
        ) {
            self.name = name
            self.level = level
            self.authProtocol = authProtocol
            self.authPassphrase = authPassphrase
            self.privacyProtocol = privacyProtocol
            self.privacyPassphrase = privacyPassphrase
        }
    }

    /// RFC 3411, SnmpSecurityLevel; ordered from least to most.
    package enum SecurityLevel: String, CaseIterable, Sendable {
        case noAuthNoPriv
        case authNoPriv
        case authPriv
    }
}
