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
        // RFC 3414, section 11.2 wants eight characters; libsnmp's own tools refuse fewer, too.
        guard passphrase.exposed.utf8.count >= 8 else { return nil }
        // libsnmp's generate_Ku would hash the same mebibyte 64 bytes at a time, which takes four times as long.
        let text = Self.repeated(Array(passphrase.exposed.utf8), count: 1 << 20)
        var key = [UInt8](repeating: 0, count: Int(USM_AUTH_KU_LEN))
        var length = key.count
        var oidLength = 0
        let oid = sc_get_auth_oid(hash.libraryType, &oidLength)
        guard oid != nil, sc_hash(oid, oidLength, text, text.count, &key, &length) == SNMPERR_SUCCESS,
            length <= key.count
        else { return nil }
        key.removeLast(key.count - length)
        keys[source] = key
        return key
    }

    /// `bytes` again and again, `count` bytes in all.
    private static func repeated(_ bytes: [UInt8], count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for (place, byte) in bytes.prefix(count).enumerated() { buffer[place] = byte }
            initialized = min(bytes.count, count)
            // What is there already, appended to itself, until it is enough: the period stays.
            while initialized < count, let start = buffer.baseAddress {
                let more = min(initialized - initialized % bytes.count, count - initialized)
                (start + initialized).initialize(from: start, count: more)
                initialized += more
            }
        }
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
