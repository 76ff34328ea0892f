// Taking up what waits: in the order of time, some runs to a transaction, until nothing waits or time is up. A run that
// is itself to be stored comes after them all, so where some still wait, it has to wait, too.

package import Basics
package import Storage

/// What became of the spool in one run.
package struct TakeUp: Sendable {
    /// Runs that are in the database now, and were not before.
    package internal(set) var entered = 0
    /// Readings of elements in them that were stored.
    package internal(set) var readings = 0
    /// The minutes of the first and the last of the runs entered.
    package internal(set) var first: UnixTime?
    package internal(set) var last: UnixTime?
    /// Runs that wait still.
    package internal(set) var remaining = 0
    /// Runs that wait of minutes still to come: the clock was ahead then, or is behind now.
    package internal(set) var ahead = 0
    /// Files that were moved aside.
    package internal(set) var movedAside: [MovedAside] = []
    /// Files that were begun by a run that was killed, and were not whole.
    package internal(set) var removed: [String] = []
    /// Files that are in the database and could not be removed: the next run tries again, and enters nothing twice.
    package internal(set) var stuck: SpoolError?

    /// Nothing yet.
    package init() {}
}

extension Spool {
    /// How long a transaction should take, in milliseconds: long enough to be worth its while, short enough to be
    /// stopped in time.
    private static let transactionTime: Int64 = 1000
    /// Runs to a transaction at the most, and bytes of their files: what fits into memory many times.
    private static let mostRuns = 500
    private static let mostBytes: Int64 = 4 << 20

    /// Stores what waits of minutes up to `minute` in `history`, and removes its files; stops when `end`, by
    /// `SystemClock.monotonicMilliseconds()`, is past, but not before one transaction.
    ///
    /// What was done is in `takeUp`, even when this throws: `StorageError` as the database says, `SpoolError` when the
    /// spool cannot be listed. What was not stored waits then as before.
    package func takeUp(
        into history: HistoryWriter,
        upTo minute: UnixTime,
        until end: Int64,
        _ takeUp: inout TakeUp
    ) throws {
        takeUp.removed += try finishWhatWasBegun()
        let all = try waiting()
        var files = all.filter { $0.minute <= minute }[...]
        takeUp.ahead = all.count - files.count
        defer { takeUp.remaining = files.count }
        var size = 1
        while !files.isEmpty {
            let began = SystemClock.monotonicMilliseconds()
            let batch = nextBatch(&files, atMost: size, &takeUp)
            guard !batch.isEmpty else { continue }
            do {
                try store(batch, in: history, &takeUp)
            } catch let error as StorageError where error.code == .unexpected && batch.count > 1 {
                // One of them is at fault: which one, comes out one by one.
                files = batch.map(\.file) + files
                size = 1
                continue
            } catch let error as StorageError where error.code == .unexpected {
                takeUp.movedAside.append(moveAside(batch[0].file, .refused, "\(error)"))
                continue
            } catch {
                files = batch.map(\.file) + files
                throw error
            }
            let now = SystemClock.monotonicMilliseconds()
            guard now < end else { return }
            let each = max(1, (now - began) / Int64(batch.count))
            size = Int(max(1, min(Int64(Self.mostRuns), Int64(size) * 4, Self.transactionTime / each)))
        }
    }

    /// Takes the next runs for one transaction from `files`.
    private func nextBatch(
        _ files: inout ArraySlice<SpoolFile>,
        atMost size: Int,
        _ takeUp: inout TakeUp
    ) -> [(file: SpoolFile, run: WaitingRun)] {
        var batch: [(file: SpoolFile, run: WaitingRun)] = []
        var bytes: Int64 = 0
        while batch.count < size, let file = files.first,
            batch.isEmpty || bytes + file.length <= Self.mostBytes
        {
            files.removeFirst()
            guard let run = read(file, movedAside: &takeUp.movedAside) else { continue }
            batch.append((file, run))
            bytes += file.length
            // What the second run of a minute brought is known only while nothing later is stored.
            if file.number > 1 { break }
        }
        return batch
    }

    private func store(
        _ batch: [(file: SpoolFile, run: WaitingRun)],
        in history: HistoryWriter,
        _ takeUp: inout TakeUp
    ) throws {
        let (fates, stored) = try history.takeUp(batch.map(\.run))
        var done: [SpoolFile] = []
        for ((file, waiting), fate) in zip(batch, fates) {
            switch fate {
            case .entered:
                takeUp.entered += 1
                takeUp.first = takeUp.first ?? waiting.run.minute
                takeUp.last = waiting.run.minute
                done.append(file)
            case .known: done.append(file)
            case .late:
                let why = "the database has later runs, and none of this minute"
                takeUp.movedAside.append(moveAside(file, .late, why))
            }
        }
        takeUp.readings += stored.readings
        do throws(SpoolError) {
            try remove(done)
        } catch {
            takeUp.stuck = error
        }
    }

    /// The newest runs that wait, of the time from `time` on, the oldest of them first: what they learned of agents is
    /// news to the database.
    ///
    /// Of many large ones only as many as are soon read.
    package func recent(since time: UnixTime) -> [PollRun] {
        var rest = Self.mostBytes
        var runs: [PollRun] = []
        // What cannot be read here is reported when it is taken up.
        for file in ((try? waiting()) ?? []).reversed() where file.minute >= time && rest > 0 {
            rest -= file.length
            guard let bytes = try? readFile(path(of: file), limit: Self.largestFile),
                let waiting = try? SpoolFormat.decode(bytes)
            else { continue }
            runs.append(waiting.run)
        }
        return runs.reversed()
    }
}
