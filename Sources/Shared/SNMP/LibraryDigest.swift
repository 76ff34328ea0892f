import CNetSNMP

/// Digests of libsnmp's.
enum LibraryDigest {
    /// The digest of `parts`, one after the other, by the hash of `authentication`; nil where this machine's OpenSSL
    /// does not allow it.
    static func digest(_ parts: [[UInt8]], by authentication: SNMPUser.Authentication) -> [UInt8]? {
        digest(Array(parts.joined()), by: authentication)
    }

    /// The digest of `bytes` by the hash of `authentication`; nil where this machine's OpenSSL does not allow it.
    static func digest(_ bytes: [UInt8], by authentication: SNMPUser.Authentication) -> [UInt8]? {
        var length = Int(USM_AUTH_KU_LEN)
        var digest = [UInt8](repeating: 0, count: length)
        var oidLength = 0
        let oid = sc_get_auth_oid(authentication.libraryType, &oidLength)
        guard oid != nil, sc_hash(oid, oidLength, bytes, bytes.count, &digest, &length) == SNMPERR_SUCCESS,
            length <= digest.count
        else { return nil }
        digest.removeLast(digest.count - length)
        return digest
    }
}
