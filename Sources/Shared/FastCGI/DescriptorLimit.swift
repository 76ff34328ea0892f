import Glibc

/// How many descriptors this process may have.
enum DescriptorLimit {
    /// More than this serves nobody: a web server has fewer connections to a responder.
    private static let most: rlim_t = 16_384

    /// Raises the limit as far as the system lets it and as it is of use; the limit that then holds.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let wanted = min(limit.rlim_max, most)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = wanted
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { return Int(wanted) }
        }
        return Int(min(limit.rlim_cur, most))
    }
}
