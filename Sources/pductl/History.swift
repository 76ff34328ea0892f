// The history as pductl opens it: to write, only as the user who collects, and never beside a run.

import API
import Basics
import Configuration
import Energy
import Glibc
import Storage

extension Configuration {
    /// The site's calendar.
    func calendar() throws -> SiteCalendar {
        let rules = try ZoneRules(tzif: SystemZone.rules(of: site.timezone))
        return SiteCalendar(zone: site.timezone, rules: rules)
    }

    /// The site as the HTTP interface sees it.
    func apiSite() throws -> API.Site {
        API.Site(
            name: site.name,
            calendar: try calendar(),
            pollInterval: Int64(poll.interval),
            version: productVersion
        )
    }

    /// The history, to be asked.
    func historyReader() -> HistoryReader {
        HistoryReader(path: historyPath, zone: site.timezone)
    }

    /// Does `body` with the history, while the poller is kept out.
    ///
    /// Waits for a run in progress. Throws `WrongUser` when another user collects, since files made here would
    /// shut that one out.
    func withHistoryLocked(_ body: (HistoryWriter) throws -> Void) throws {
        try requireCollectingUser(orRoot: false)
        let lock = try patientLock()
        try withHistory(body)
        lock.release()
    }

    /// Does `body` while the poller is kept out, with whatever lies at the history's path.
    ///
    /// Waits for a run in progress. Throws `UsageError` when another user collects.
    func withLock(_ body: () throws -> Void) throws {
        try requireCollectingUser(orRoot: false)
        let lock = try patientLock()
        try body()
        lock.release()
    }

    /// Does `body` with the history while the poller may go on; one that is not there is made when `makingIt`.
    func withHistory(makingIt: Bool = false, _ body: (HistoryWriter) throws -> Void) throws {
        try requireCollectingUser(orRoot: true)
        let isThere = access(historyPath, F_OK) == 0
        guard isThere || makingIt else {
            throw StorageError(.missing, path: historyPath, systemErrorText(errno))
        }
        // Opening a damaged history moves it aside and begins a new one, which is the poller's to do.
        if isThere, let damage = try HistoryReader.damage(at: historyPath).first {
            throw StorageError(
                .corrupt,
                path: historyPath,
                "the database is damaged (\(damage)); nothing was done"
            )
        }
        let writer = try HistoryWriter(historyPath, calendar: try calendar(), now: SystemClock.now())
        try body(writer)
        try writer.close()
    }

    private func requireCollectingUser(orRoot: Bool) throws {
        var status = stat()
        guard stat(stateDirectory, &status) == 0 else {
            throw FileError(path: stateDirectory, code: errno)
        }
        let user = geteuid()
        guard user == status.st_uid || orRoot && user == 0 else {
            let name = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) }
            throw UsageError(
                "\(stateDirectory) is another user's: sudo -u \(name ?? "#\(status.st_uid)") pductl …"
            )
        }
    }

    /// The poller's lock, for which a run has as long as its deadline lets it.
    private func patientLock() throws -> FileLock {
        let path = stateDirectory + "/lock"
        let end = SystemClock.monotonicMilliseconds() + Int64(poll.deadline + 5) * 1000
        while true {
            do throws(FileLockError) {
                return try FileLock(path: path)
            } catch {
                guard case .held = error, SystemClock.monotonicMilliseconds() < end else { throw error }
                usleep(100_000)
            }
        }
    }
}

/// Somebody who is not the collecting user asked for what only that one may do.
struct WrongUser: Error, CustomStringConvertible {
    let directory: String
    let owner: String

    var description: String {
        "\(directory) belongs to \(owner), and files made by another would shut it out: sudo -u \(owner) pductl …"
    }
}
