import Foundation

/// Runs the system's program `command[0]` with the arguments that follow, to its end; answers its exit status and what
/// it printed.
///
/// Throws when there is no such program to run.
package func runTool(_ command: String...) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
