import Devices

extension FuzzTarget {
    /// The reader of profiles.
    static let profile = FuzzTarget("profile", seeds: "Sources/Shared/Devices/Profiles") { input in
        do {
            _ = try ProfileCatalog.builtIn().adding([(path: "fuzz.yaml", bytes: input)])
            return .taken
        } catch {
            precondition(!"\(error)".isEmpty)
            return .refused
        }
    }
}
