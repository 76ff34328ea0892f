package import Basics

/// Who may change settings, until there are users: whoever asks from one of some addresses, or whom the web server has
/// made sure to be one of some users.
package struct Writers: Sendable {
    private let addresses: [AddressPrefix]
    private let users: Set<String>
    private let names: SiteNames

    /// Those with `addresses` who reach this site under one of `names`, and `users`.
    package init(addresses: [AddressPrefix], users: Set<String>, names: SiteNames = SiteNames()) {
        self.addresses = addresses
        self.users = users
        self.names = names
    }

    /// Whether whoever sent `request` is one of them.
    func include(_ request: Request) -> Bool {
        do {
            try check(request)
            return true
        } catch {
            return false
        }
    }

    /// Throws unless whoever sent `request` is one of them.
    ///
    /// The name counts for addresses alone: a browser has no password for a name that is not this site's, but it is
    /// always at its address.
    func check(_ request: Request) throws(APIError) {
        if let user = request.user, users.contains(user) { return }
        guard let address = request.address, addresses.contains(where: { $0.contains(address) }) else {
            throw .notAllowed(address: request.address)
        }
        guard names.include(host: request.host) else { throw .unknownName(request.host ?? "") }
    }
}
