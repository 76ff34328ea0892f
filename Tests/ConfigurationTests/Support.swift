import Foundation
import TestSupport

@testable import Configuration

/// A configuration on disk, as a test writes it.
struct Files {
    let directory: TemporaryDirectory
    /// The path of the configuration.
    let path: String

    /// A directory with `configuration` in it, and other files by name, all readable by their owner alone.
    init(_ configuration: String, _ others: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        path = directory.file("c.yaml")
        for (name, text) in others { try write(text, to: name) }
        try write(configuration, to: "c.yaml")
    }

    /// Writes `text` to the file `name`.
    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: directory.file(name)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: directory.file(name))
    }

    /// What loading says, one problem a line, with the directory's path left out; empty when all is well.
    func problems(_ secrets: Configuration.Secrets = .include) -> [String] {
        do throws(ConfigurationError) {
            _ = try Configuration.load(path: path, secrets: secrets)
            return []
        } catch {
            return error.problems.map { short($0.description) }
        }
    }

    /// `text` without the directory's path.
    func short(_ text: String) -> String {
        text.replacingOccurrences(of: directory.path + "/", with: "")
    }
}

/// What a credential called `monitor` needs, on one line.
let monitor = """
    credentials: {monitor: {user: admin, auth_protocol: SHA, auth_passphrase: authauthauth}}

    """

/// The directory of the package.
let projectRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
