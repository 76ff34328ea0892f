// How far a walk has come, for people who wait: in place on a terminal, now and then in a log.

import Basics
import Glibc
import Synchronization

/// The count of objects, on standard error.
final class Progress: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    /// The count that was shown last.
    private let shown = Mutex(0)

    /// Shows `count`, when it is time to.
    func show(_ count: Int) {
        shown.withLock { shown in
            guard isTerminal || count >= shown + 5000 else { return }
            shown = count
            writeToStandardError(
                isTerminal ? "\rpductl: \(count) objects" : "pductl: \(count) objects so far\n"
            )
        }
    }

    /// Leaves the line.
    func end() {
        shown.withLock { shown in
            if isTerminal, shown > 0 { writeToStandardError("\r\u{1B}[K") }
            shown = 0
        }
    }
}
