import Foundation
import TestSupport
import Testing

/// The program `history-tool`, run as another process.
struct HistoryTool {
    /// What came of a run of it.
    struct Outcome {
        let status: Int32
        let output: String
        let error: String
    }

    private let process = Process()
    private let output = Pipe()
    private let error = Pipe()
    /// Where another user finds the tool, who cannot look into a checkout of root's.
    private let publicPlace: TemporaryDirectory?

    /// Starts it with `arguments`, through the command `wrapper` where there is one.
    init(_ arguments: [String], through wrapper: [String] = []) throws {
        let tool = try #require(Self.location, "history-tool lies beside the tests")
        publicPlace = wrapper.isEmpty ? nil : try TemporaryDirectory()
        let command = wrapper + [try publicPlace.map { try Self.copy(tool, to: $0) } ?? tool.path] + arguments
        process.executableURL = URL(filePath: try #require(command.first))
        process.arguments = Array(command.dropFirst())
        process.standardOutput = output
        process.standardError = error
        try process.run()
    }

    private static func copy(_ tool: URL, to place: TemporaryDirectory) throws -> String {
        let copy = place.file(tool.lastPathComponent)
        try FileManager.default.copyItem(atPath: tool.path, toPath: copy)
        try #require(chmod(place.path, 0o755) == 0 && chmod(copy, 0o755) == 0)
        return copy
    }

    /// Waits for its end.
    func finish() -> Outcome {
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            output: String(decoding: printed, as: UTF8.self),
            error: String(decoding: complaint, as: UTF8.self)
        )
    }

    /// Waits until it has said `lines` lines, then `microseconds` more, and kills it; answers all that it said.
    func kill(afterLines lines: Int, microseconds: UInt32) -> String {
        var printed = Data()
        while printed.count(where: { $0 == UInt8(ascii: "\n") }) < lines {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            printed += more
        }
        usleep(microseconds)
        Foundation.kill(process.processIdentifier, SIGKILL)
        return String(decoding: printed, as: UTF8.self) + finish().output
    }

    /// Where the programs are that were built with the tests: depending on the runner, the test bundle's
    /// directory is the main bundle, or the bundle or runner lies in it.
    private static let location: URL? = {
        let bundle = Bundle(for: Marker.self).bundleURL
        let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let arguments = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map { URL(filePath: $0) }
        let directories =
            [bundle] + ([bundle, executable] + arguments).map { $0.deletingLastPathComponent() }
        return directories.map { $0.appending(path: "history-tool") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }()

    private final class Marker {}
}
