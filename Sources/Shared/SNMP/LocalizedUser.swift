import Basics
import CNetSNMP

/// A user with keys made good for one engine (RFC 3414, section 2.6).
///
/// libsnmp finds users in a table of the process by engine ID and name. A user is put there for the length of
/// one call and taken out again, so that the table never holds a second one: looking up costs nothing however
/// many PDUs there are, and engines that share an ID do not share keys.
final class LocalizedUser {
    let engineID: [UInt8]
    /// Owned here: made by `init`, freed by `deinit`, lent to libsnmp's table by `installed` alone.
    private let entry: UnsafeMutablePointer<usmUser>

    /// The user `user` on the engine `engineID`; nil when libsnmp cannot derive or localize the keys.
    init?(_ user: SNMPUser, engineID: [UInt8], keys: MasterKeys) {
        var session = netsnmp_session()
        session.version = Int(SNMP_VERSION_3)
        session.securityModel = Int32(SNMP_SEC_MODEL_USM)
        session.securityAuthProto = sc_get_auth_oid(
            user.authentication?.0.libraryType ?? NETSNMP_USMAUTH_NOAUTH,
            &session.securityAuthProtoLen
        )
        session.securityPrivProto = csnmp_no_privacy(&session.securityPrivProtoLen)
        if let (hash, passphrase) = user.authentication {
            guard let key = keys.key(of: passphrase, hash: hash) else { return nil }
            session.securityAuthKeyLen = key.count
            withUnsafeMutableBytes(of: &session.securityAuthKey) { $0.copyBytes(from: key) }
            if let (cipher, passphrase) = user.privacy {
                guard let key = keys.key(of: passphrase, hash: hash) else { return nil }
                session.securityPrivKeyLen = key.count
                withUnsafeMutableBytes(of: &session.securityPrivKey) { $0.copyBytes(from: key) }
                session.securityPrivProto = sc_get_priv_oid(cipher.libraryType, &session.securityPrivProtoLen)
                guard session.securityPrivProto != nil else { return nil }
            }
        }
        guard let entry = Self.entry(of: user.name, engineID, &session) else { return nil }
        self.entry = entry
        self.engineID = engineID
    }

    deinit {
        usm_free_user(entry)
    }

    /// Runs `body` while libsnmp knows this user.
    func installed<Result>(_ body: () -> Result) -> Result {
        usm_add_user(entry)
        defer { usm_remove_user(entry) }
        return body()
    }

    /// Lets libsnmp make a table entry from `session`, and takes it out of the table.
    private static func entry(
        of name: String,
        _ engineID: [UInt8],
        _ session: inout netsnmp_session
    ) -> UnsafeMutablePointer<usmUser>? {
        var engineID = engineID
        var name = Array(name.utf8CString)
        return engineID.withUnsafeMutableBufferPointer { engineID in
            name.withUnsafeMutableBufferPointer { name in
                session.securityEngineID = engineID.baseAddress
                session.securityEngineIDLen = engineID.count
                session.securityName = name.baseAddress
                session.securityNameLen = name.count - 1
                guard usm_create_user_from_session(&session) == SNMPERR_SUCCESS,
                    let entry = usm_get_user(engineID.baseAddress, engineID.count, name.baseAddress)
                else { return nil }
                usm_remove_user(entry)
                return entry
            }
        }
    }
}
