import Basics
import CNetSNMP

/// The keys that passphrases become (RFC 3414, appendix A.2: Ku), each derived once.
///
/// Deriving hashes a mebibyte; making a key good for one engine (`LocalizedUser`) is then one short hash.
struct MasterKeys {
    private struct Source: Hashable {
        let passphrase: Secret
        let hash: SNMPUser.Authentication
    }

    private var keys: [Source: [UInt8]] = [:]

    /// The key of `passphrase` under `hash`; nil when libsnmp refuses it (shorter than 8 bytes, or a hash
    /// that this machine's OpenSSL does not allow).
    mutating func key(of passphrase: Secret, hash: SNMPUser.Authentication) -> [UInt8]? {
        let source = Source(passphrase: passphrase, hash: hash)
        if let key = keys[source] { return key }
        var text = Array(passphrase.exposed.utf8)
        var key = [UInt8](repeating: 0, count: Int(USM_AUTH_KU_LEN))
        var length = key.count
        var oidLength = 0
        let oid = sc_get_auth_oid(hash.libraryType, &oidLength)
        let status = generate_Ku(oid, u_int(oidLength), &text, text.count, &key, &length)
        guard oid != nil, status == SNMPERR_SUCCESS, length <= key.count else { return nil }
        key.removeLast(key.count - length)
        keys[source] = key
        return key
    }
}

extension SNMPUser.Authentication {
    /// The number that libsnmp gives the protocol (snmpusm.h).
    var libraryType: Int32 {
        switch self {
        case .md5: NETSNMP_USMAUTH_HMACMD5
        case .sha: NETSNMP_USMAUTH_HMACSHA1
        case .sha224: NETSNMP_USMAUTH_HMAC128SHA224
        case .sha256: NETSNMP_USMAUTH_HMAC192SHA256
        case .sha384: NETSNMP_USMAUTH_HMAC256SHA384
        case .sha512: NETSNMP_USMAUTH_HMAC384SHA512
        }
    }
}

extension SNMPUser.Privacy {
    /// The number that libsnmp gives the protocol (snmpusm.h); its longer AES keys are Blumenthal's.
    var libraryType: Int32 {
        switch self {
        case .des: USM_CREATE_USER_PRIV_DES
        case .aes: USM_CREATE_USER_PRIV_AES
        case .aes192: csnmp_aes192
        case .aes256: csnmp_aes256
        }
    }
}
