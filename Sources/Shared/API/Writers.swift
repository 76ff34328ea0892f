package import Basics

/// Who may change settings, until there are users: whoever asks from one of some addresses, or whom the web server has
/// made sure to be one of some users.
package struct Writers: Sendable {
    private let addresses: [AddressPrefix]
    private let users: Set<String>

    /// Those with `addresses`, and `users`.
    package init(addresses: [AddressPrefix], users: Set<String>) {
        self.addresses = addresses
        self.users = users
    }

    /// Whether whoever sent `request` is one of them.
    func include(_ request: Request) -> Bool {
        if let user = request.user, users.contains(user) { return true }
        guard let address = request.address else { return false }
        return addresses.contains { $0.contains(address) }
    }
}
