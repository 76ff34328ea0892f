// How far something is that takes its time: a bar in place on a terminal, a line now and then in a log.

import Basics
import Glibc

/// A bar on standard error.
final class ProgressBar {
    private static let width = 30

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let started = SystemClock.monotonicMilliseconds()
    private var said: Int64 = 0
    private var isShown = false

    /// Shows that `share`, 0 to 1, of `phase` is done, when it is time to.
    func show(_ phase: String, _ share: Double) {
        let now = SystemClock.monotonicMilliseconds()
        guard now - said >= (isTerminal ? 100 : 10_000), now - started >= 1000 else { return }
        said = now
        let share = min(1, max(0, share))
        let percent = Int(share * 100)
        guard isTerminal else {
            return writeToStandardError("pductl: \(phase): \(percent) %\n")
        }
        isShown = true
        let full = Int(share * Double(Self.width))
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: Self.width - full)
        writeToStandardError("\r\u{1B}[Kpductl: \(phase) [\(bar)] \(percent) %")
    }

    /// Takes the bar away.
    func end() {
        if isShown { writeToStandardError("\r\u{1B}[K") }
        isShown = false
    }
}
