// The signals that ask a server to stop. They are waited for, not handled: no code ever runs in a signal
// handler, and no system call is interrupted.

import Glibc

/// SIGTERM and SIGINT, as an event to wait for.
package enum StopSignals {
    /// Keeps both signals from ending the process.
    ///
    /// To be called before any thread starts, since threads inherit what is blocked.
    package static func block() {
        var signals = both()
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for one of the two and gives its number.
    package static func wait() -> Int32 {
        var signals = both()
        var number: Int32 = 0
        while sigwait(&signals, &number) != 0 {}
        return number
    }

    private static func both() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }
}
