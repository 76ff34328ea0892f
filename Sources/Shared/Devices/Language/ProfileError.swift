package import YAML

/// Profile files that cannot be used: everything that is wrong with them, each with its place.
package struct ProfileError: Error, CustomStringConvertible, Sendable {
    /// In the order in which they were found; never empty.
    package let problems: [Problem]

    /// An error of these problems.
    package init(problems: [Problem]) {
        self.problems = problems
    }

    /// One problem a line.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
