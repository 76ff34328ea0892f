// What is wrong with a file, in a form for people: every problem at once, each with its place.

/// One thing that is wrong with a file.
package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's path, as it was asked for.
    package let file: String
    /// Where in the file; absent when the problem is the file itself.
    package let mark: YAMLMark?
    /// Which key, such as `pdus[2].address`, list items counted from 1; empty when it is no key's.
    package let path: String
    /// What is wrong and what is allowed.
    package let message: String

    /// A problem at `mark` of `file`.
    package init(file: String, mark: YAMLMark?, path: String, message: String) {
        self.file = file
        self.mark = mark
        self.path = path
        self.message = message
    }

    /// A problem that is an error of YAML itself.
    package init(_ error: YAMLError) {
        self.init(file: error.file, mark: error.mark, path: "", message: error.message)
    }

    /// `pdu-monitor.yaml:3:7: poll.interval: expected …, found …`.
    package var description: String {
        let place = mark.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(file)\(place): \(path.isEmpty ? "" : "\(path): ")\(message)"
    }
}

/// The problems of one or several files, in the order in which they were found.
///
/// A class, since every `YAMLField` of a file adds to the same list.
package final class ProblemList {
    package private(set) var problems: [Problem] = []

    /// A list without problems.
    package init() {}

    /// Adds `problem`.
    package func add(_ problem: Problem) {
        problems.append(problem)
    }

    /// The problems by file in the order of `files`, and by place within it.
    package func sorted(files: [String]) -> [Problem] {
        func key(_ problem: Problem) -> (Int, Int, Int) {
            let file = files.firstIndex(of: problem.file) ?? files.count
            return (file, problem.mark?.line ?? 0, problem.mark?.column ?? 0)
        }
        return problems.enumerated().sorted { (key($0.element), $0.offset) < (key($1.element), $1.offset) }
            .map(\.element)
    }
}

@available(*, unavailable)
extension ProblemList: Sendable {}

private func < (left: ((Int, Int, Int), Int), right: ((Int, Int, Int), Int)) -> Bool {
    left.0 == right.0 ? left.1 < right.1 : left.0 < right.0
}
