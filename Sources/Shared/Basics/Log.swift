// Log lines for people and for the journal: one event, one line, on standard error, by one write(2), so that
// nothing is lost in a buffer when the process dies. Libraries do not log; they return or throw.

import Glibc

/// Writes log lines.
///
/// Handed in by the program; never global.
package struct Log: Sendable {
    /// How much an event matters, with the journal's priority number (sd-daemon(3)).
    package enum Level: Int, Comparable, Sendable {
        case error = 3
        case warning = 4
        case info = 6
        case debug = 7

        package static func < (left: Level, right: Level) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// Events that matter less than this are not written.
    package let threshold: Level
    private let program: String
    private let sink: @Sendable (String) -> Void

    /// A log of `program` to `sink`, which gets one line at a time, with its newline.
    package init(program: String, threshold: Level, sink: @escaping @Sendable (String) -> Void) {
        self.program = program
        self.threshold = threshold
        self.sink = sink
    }

    /// A log on standard error, with journal priorities where systemd collects it (JOURNAL_STREAM is set).
    package static func standardError(program: String, threshold: Level = .info) -> Log {
        Log(program: program, threshold: threshold, sink: writeToStandardError)
    }

    /// Something that someone must act on.
    package func error(_ message: String) { write(.error, message) }
    /// Something that went wrong and is being coped with.
    package func warning(_ message: String) { write(.warning, message) }
    /// What happened, in one line a run.
    package func info(_ message: String) { write(.info, message) }
    /// Detail, for someone who asked for it.
    package func debug(_ message: String) { write(.debug, message) }

    private func write(_ level: Level, _ message: String) {
        guard level <= threshold else { return }
        let prefix = getenv("JOURNAL_STREAM") == nil ? "" : "<\(level.rawValue)>"
        let oneLine = message.split(separator: "\n", omittingEmptySubsequences: true).joined(separator: "; ")
        sink("\(prefix)\(program): \(oneLine)\n")
    }
}

/// Writes `line` to standard error in one call where the system allows it; a reader that went away is no
/// reason to stop.
package func writeToStandardError(_ line: String) {
    writeAll(Array(line.utf8), to: STDERR_FILENO)
}

/// Writes `text` to standard output, unbuffered.
package func writeToStandardOutput(_ text: String) {
    writeAll(Array(text.utf8), to: STDOUT_FILENO)
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
        var offset = 0
        while offset < buffer.count {
            let written = Glibc.write(
                descriptor,
                buffer.baseAddress?.advanced(by: offset),
                buffer.count - offset
            )
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            offset += written
        }
    }
}
