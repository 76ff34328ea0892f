/// The exit statuses of all programs, as the interface contract gives them.
package enum ExitStatus: Int32, Sendable {
    /// Everything asked for was done.
    case success = 0
    /// Some PDUs could not be read; everything that was read is stored.
    case someFailed = 1
    /// Usage or configuration error; nothing was done.
    case usage = 2
    /// Anything else that should not happen (EX_SOFTWARE of sysexits.h).
    case internalError = 70
    /// Another run holds the lock, or the database is busy past the deadline (EX_TEMPFAIL of sysexits.h).
    case temporaryFailure = 75
}
