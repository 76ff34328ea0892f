package import YAML

extension Configuration {
    /// Whether to read what must be kept secret.
    package enum Secrets: Sendable {
        /// Credentials and passphrase files are read and checked.
        case include
        /// Neither is opened; `credentials` stays empty.
        case exclude
    }

    /// The configuration in the file at `path`.
    ///
    /// Relative paths in it start from its directory. Throws every problem at once.
    package static func load(path: String, secrets: Secrets) throws(ConfigurationError) -> Configuration {
        let reader = ConfigurationReader(path: path, secrets: secrets)
        guard let configuration = reader.read(), reader.problems.problems.isEmpty else {
            throw ConfigurationError(problems: reader.problems.sorted(files: reader.files))
        }
        return configuration
    }
}

/// A configuration that cannot be used: everything that is wrong with it.
package struct ConfigurationError: Error, CustomStringConvertible, Sendable {
    /// By file and place; at least one.
    package let problems: [Problem]

    /// An error of these problems.
    package init(problems: [Problem]) {
        self.problems = problems
    }

    /// One line per problem: `file:line:column: key: what is wrong, what is allowed`.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
