// An archive file's readings, streamed. Lines are in the order of time; those of one time are put into the order of
// this database's ids, which need not be those of the database that wrote them.

import Basics
import Glibc
import Zlib

/// The readings of one archive file, one after another.
final class ArchiveReader {
    private let lines: GzipLines
    private var decoder: ArchiveDecoder
    private var line: [UInt8] = []
    private var awaitsHeader: Bool
    /// The readings of one time, and how many of them have been given away.
    private var group: [ArchivedReading] = []
    private var given = 0
    /// The first reading of the next time.
    private var ahead: ArchivedReading?
    /// The time of the last line that was read, of whatever it was; nil before the first.
    private var lineTime: UnixTime?

    /// The readings of `elements`, and of sensors where they are wanted, in the file at `path`: in its bytes from
    /// `start` up to, not including, `end`, which lie between members; in all of it without an `end`.
    ///
    /// `checksum` is that of the bytes before `start`, where it is to be gone on with. Throws `StorageError` with the
    /// code `archive`.
    init(
        path: String,
        from start: Int64 = 0,
        to end: Int64? = nil,
        checksum: CRC32 = CRC32(),
        names: PlaceNames,
        elements: ClosedRange<Int64> = ReadingHistory.allElements,
        includingSensors includesSensors: Bool = false
    ) throws {
        lines = try withArchiveErrors { () throws(ZlibError) in
            try GzipLines(path: path, from: start, to: end, checksum: checksum)
        }
        decoder = ArchiveDecoder(names, elements: elements, includingSensors: includesSensors)
        awaitsHeader = start == 0
    }

    /// The file.
    var path: String { lines.path }

    /// The checksum of the compressed bytes that were read, and of what was before them.
    var checksum: CRC32 { lines.checksum }

    /// The next reading; nil at the end.
    ///
    /// Throws `StorageError` with the code `archive` for a damaged file, and for lines that are none of the archive's,
    /// or out of order.
    func next() throws -> ArchivedReading? {
        if given == group.count { try fillGroup() }
        guard given < group.count else { return nil }
        defer { given += 1 }
        return group[given]
    }

    private func fillGroup() throws {
        group.removeAll(keepingCapacity: true)
        given = 0
        guard let first = try ahead ?? nextLine() else { return }
        ahead = nil
        group.append(first)
        var isSorted = true
        while let reading = try nextLine() {
            guard reading.time == first.time else {
                ahead = reading
                break
            }
            isSorted = isSorted && group[group.count - 1].place < reading.place
            group.append(reading)
        }
        guard !isSorted else { return }
        group.sort { $0.place < $1.place }
        for (left, right) in zip(group, group.dropFirst()) where left.place == right.place {
            throw error("it has two readings of one element at \(left.time.iso8601)")
        }
    }

    /// The next line that holds a reading that is wanted.
    private func nextLine() throws -> ArchivedReading? {
        while try withArchiveErrors({ () throws(ZlibError) in try lines.next(&line) }) {
            if awaitsHeader {
                awaitsHeader = false
                guard line.elementsEqual(ArchiveHeader.bytes.dropLast()) else {
                    throw error("it does not begin with the line \(ArchiveHeader.line)")
                }
                continue
            }
            switch try decoded() {
            case .reading(let reading):
                try noteTime(reading.time)
                return reading
            case .other(let time): try noteTime(time)
            }
        }
        return nil
    }

    private func decoded() throws -> ArchiveDecoder.Line {
        do throws(ArchiveDecoder.LineError) {
            return try decoder.decode(line)
        } catch {
            throw self.error(error.message)
        }
    }

    private func noteTime(_ time: UnixTime) throws {
        if let lineTime, time < lineTime {
            throw error("its readings of \(time.iso8601) come after those of \(lineTime.iso8601)")
        }
        lineTime = time
    }

    private func error(_ message: String) -> StorageError {
        StorageError(.archive, path: path, message)
    }
}

/// Runs `body`, and tells what went wrong with an archive file in it in the store's terms.
func withArchiveErrors<Answer>(_ body: () throws(ZlibError) -> Answer) throws -> Answer {
    do throws(ZlibError) {
        return try body()
    } catch {
        throw StorageError(error)
    }
}

extension StorageError {
    /// What `error` means for the archive.
    init(_ error: ZlibError) {
        let isFull = error.code == .system(ENOSPC) || error.code == .system(EDQUOT)
        self.init(isFull ? .full : .archive, path: error.path ?? "archive", error.message)
    }
}
