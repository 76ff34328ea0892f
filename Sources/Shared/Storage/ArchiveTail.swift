// What a month's file has beyond what the database knows of it. A run that was killed after it wrote and before it
// committed leaves a member there, whole or torn; a database that was restored or begun anew knows less than its files.

import Basics
import Glibc
import Zlib

extension Archive {
    /// The file of `month` as far as it is sound, ready to be appended to.
    ///
    /// What the database does not know of it is taken over; what was torn is cut off where the database knows that
    /// there was nothing else. Throws `StorageError` when the file is not what the database knows, or not sound.
    func prepared(_ month: ArchiveMonth, trusting trusted: ArchiveRecord?) throws -> ArchiveChange {
        try makeDirectory()
        let length = try length(of: month)
        guard let record = try record(of: month) else {
            let record = ArchiveRecord(of: month)
            if let length, length > 0 { return try adopted(record, length: length) }
            // Known before it exists: whatever is found in it is then of a run of this database.
            try database.transaction(.immediate) { try save(record) }
            return ArchiveChange(record: record)
        }
        do {
            if record != trusted { try verify(record) }
        } catch let error as StorageError where error.code == .archive {
            throw StorageError(
                .archive,
                path: error.path,
                "\(error.message): \(advice(for: month)); nothing was deleted"
            )
        }
        guard let length, length > record.bytes else { return ArchiveChange(record: record) }
        return try continued(record, length: length)
    }

    /// Makes the directory (2750: its group may read, and files in it belong to that group) where it is missing.
    func makeDirectory() throws {
        if mkdir(directory, 0o2750) == 0 {
            // mkdir(2) takes the umask off, and the set-group-ID bit in most directories.
            guard chmod(directory, 0o2750) == 0 else { throw HistoryFile.failure(directory) }
            try HistoryFile.sync(directory)
        } else if errno != EEXIST {
            throw HistoryFile.failure(directory)
        }
    }

    /// A file that the database knows nothing of.
    private func adopted(_ record: ArchiveRecord, length: Int64) throws -> ArchiveChange {
        let path = path(of: record.month)
        do {
            var tail = try ArchiveTail(of: record, in: self)
            try tail.read(to: length)
            return try tail.change()
        } catch {
            let message =
                "this database does not know the file, and it is not sound (\(error)): move it to another"
            throw StorageError(.archive, path: path, "\(message) directory; nothing was deleted")
        }
    }

    /// A file that is longer than the database knows.
    private func continued(_ record: ArchiveRecord, length: Int64) throws -> ArchiveChange {
        let path = path(of: record.month)
        var tail = try ArchiveTail(of: record, in: self)
        do {
            try tail.read(to: length)
        } catch is ZlibError {
            // Never read back, so its readings are still in the database.
            guard truncate(path, Int(tail.record.bytes)) == 0 else { throw HistoryFile.failure(path) }
            try HistoryFile.sync(path)
        }
        return try tail.change()
    }
}

/// The members of a file from some place on.
private struct ArchiveTail {
    private let path: String
    private var decoder: ArchiveDecoder
    /// What the file has up to the end of the last member that was read to its end.
    private(set) var record: ArchiveRecord
    private var members: [(start: UnixTime, position: Int64)] = []

    /// What follows what `record` knows of its file in `archive`.
    init(of record: ArchiveRecord, in archive: Archive) throws {
        path = archive.path(of: record.month)
        self.record = record
        let names = try PlaceNames(archive.database)
        decoder = ArchiveDecoder(names, elements: ReadingHistory.allElements, includingSensors: true)
    }

    /// What is to be committed.
    func change() throws -> ArchiveChange {
        var record = record
        record.checksum = try withArchiveErrors { () throws(ZlibError) in
            try checksum(ofFile: path, length: record.bytes)
        }
        return ArchiveChange(record: record, members: members.filter { $0.position < record.bytes })
    }

    /// Reads every line up to `length`.
    ///
    /// Throws `ZlibError` where a member is torn, having read what is before it, and `StorageError` for lines that are
    /// none of the archive's.
    mutating func read(to length: Int64) throws {
        let lines = try GzipLines(path: path, from: record.bytes, to: length)
        var reached = record
        var member: Int64?
        var line: [UInt8] = []
        do {
            while try lines.next(&line) {
                let isFirst = member != lines.memberStart
                if isFirst { record = reached }
                member = lines.memberStart
                if lines.memberStart == 0, isFirst {
                    guard line.elementsEqual(ArchiveHeader.bytes.dropLast()) else { throw notOurs(line) }
                    continue
                }
                let time = try time(of: line, after: reached.newest)
                // Where reading may begin: not in the middle of one time.
                if members.last?.position != lines.memberStart, reached.newest.map({ $0 < time }) ?? true {
                    members.append((start: time, position: lines.memberStart))
                }
                reached.readings += 1
                reached.newest = time
            }
        } catch let error as ZlibError {
            // Of the torn member, some lines may have come.
            if member != lines.memberEnd { record = reached }
            record.bytes = lines.memberEnd
            throw error
        }
        record = reached
        record.bytes = lines.memberEnd
    }

    private mutating func time(of line: [UInt8], after newest: UnixTime?) throws -> UnixTime {
        let time: UnixTime
        do throws(ArchiveDecoder.LineError) {
            switch try decoder.decode(line) {
            case .reading(let reading): time = reading.time
            case .other(let other): time = other
            }
        } catch {
            throw StorageError(.archive, path: path, error.message)
        }
        guard record.month.start <= time, time < record.month.end else { throw notOurs(line) }
        if let newest, time < newest {
            throw StorageError(
                .archive,
                path: path,
                "its lines are not in the order of time: \(time.iso8601)"
            )
        }
        return time
    }

    private func notOurs(_ line: [UInt8]) -> StorageError {
        let shown = line.prefix(80).map { $0 < 0x20 || $0 > 0x7E ? UInt8(ascii: "?") : $0 }
        let text = String(decoding: shown, as: UTF8.self)
        return StorageError(.archive, path: path, "it has a line that does not belong there: \(text)")
    }
}
