import Glibc

@testable import Configuration

extension FuzzTarget {
    /// A configuration with its credentials, on disk as it has to be.
    static let configuration = FuzzTarget("configuration", longest: 6000) { input in
        let file = ScratchFile(holding: input)
        for secrets in [Configuration.Secrets.include, .exclude] {
            do throws(ConfigurationError) {
                _ = try Configuration.load(path: file.path, secrets: secrets)
                if secrets == .include { return .taken }
            } catch {
                precondition(!error.problems.isEmpty && !error.description.isEmpty)
            }
        }
        return .refused
    }
}
