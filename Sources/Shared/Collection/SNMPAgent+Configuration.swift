package import Configuration
package import SNMP

extension SNMPAgent {
    /// The agent of `pdu`, asked with `credential`; nil when the credential is not whole, which a loaded
    /// configuration never has.
    package init?(_ pdu: PDUConfiguration, _ credential: Credential, engine: SNMPEngine?) {
        guard let credential = SNMPCredential(credential), let port = UInt16(exactly: pdu.port) else {
            return nil
        }
        self.init(
            host: pdu.host,
            port: port,
            credential: credential,
            timeoutMilliseconds: Int(pdu.timeout.thousandths),
            retries: pdu.retries,
            engine: engine
        )
    }
}

extension SNMPCredential {
    /// What `credential` is to the SNMP layer; nil when a part that its level needs is missing or unknown.
    init?(_ credential: Credential) {
        switch credential {
        case .community(.v1, let community): self = .community(version: .v1, community)
        case .community(.v2c, let community): self = .community(version: .v2c, community)
        case .user(let user):
            guard let user = SNMPUser(user) else { return nil }
            self = .user(user)
        }
    }
}

extension SNMPUser {
    fileprivate init?(_ user: Credential.User) {
        guard user.level != .noAuthNoPriv else {
            self.init(name: user.name, authentication: nil, privacy: nil)
            return
        }
        guard let hash = user.authProtocol.flatMap(Authentication.init(rawValue:)),
            let authentication = user.authPassphrase
        else { return nil }
        guard user.level == .authPriv else {
            self.init(name: user.name, authentication: (hash, authentication), privacy: nil)
            return
        }
        guard let cipher = user.privacyProtocol.flatMap(Privacy.init(rawValue:)),
            let privacy = user.privacyPassphrase
        else { return nil }
        self.init(name: user.name, authentication: (hash, authentication), privacy: (cipher, privacy))
    }
}
