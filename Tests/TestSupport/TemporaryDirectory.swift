import Foundation

/// A directory of a test's own, removed when the test lets go of it.
package final class TemporaryDirectory: Sendable {
    /// Its path, without a slash at the end.
    package let path: String

    /// Makes one.
    package init() throws {
        path = NSTemporaryDirectory() + "pdu-monitor-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of `name` inside.
    package func file(_ name: String) -> String {
        "\(path)/\(name)"
    }
}
