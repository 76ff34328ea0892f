// When everything is read of a device again, and not only what moves: every quarter of an hour, each device at a
// minute of its own, so that ten thousand of them do not have theirs together.

package import Basics

/// How long a plan is good for.
package struct PlanSchedule: Sendable {
    /// Seconds between two readings of everything.
    private static let interval: Int64 = 900

    /// When everything was read.
    package let takenAt: UnixTime

    /// The schedule of a plan that was taken at `takenAt`.
    package init(takenAt: UnixTime) {
        self.takenAt = takenAt
    }

    /// Whether the poll at `now` of the PDU called `key` can do with the plan.
    package func isCurrent(at now: UnixTime, of key: String) -> Bool {
        let age = now - takenAt
        guard age >= 0, age < 2 * Self.interval else { return false }
        // The same sum in every run: Swift's own hashes are different in each process.
        let offset = key.utf8.reduce(Int64(7)) { ($0 &* 31 &+ Int64($1)) & 0xFFFF }
        let turn = (now + offset * 60).floored(to: Self.interval)
        return age < 60 || takenAt + offset * 60 >= turn
    }

    /// Whether a reading of everything at `now` should ask as little at a time as was learned; the first one of a day
    /// tries anew.
    package func knowsPace(at now: UnixTime) -> Bool {
        now.floored(to: 86_400) == takenAt.floored(to: 86_400)
    }
}
