// Appending to the archive. What is written here is read back from the disk and compared before anybody is told that
// it is there.

import Basics
import Glibc
import SQLite
import Zlib

enum SensorSQL: String, StatementList {
    case readings = """
        SELECT time, sensor_id, temperature_millidegrees, humidity_thousandths
        FROM sensor_reading
        WHERE time >= $1 AND time < $2
        ORDER BY time, sensor_id
        """
}

/// What became of a month's file: to be committed.
struct ArchiveChange {
    var record: ArchiveRecord
    /// Members that the database does not know yet: the time of the first reading, and where they begin.
    var members: [(start: UnixTime, position: Int64)] = []
}

/// Writes the readings of a database to its archive.
struct ArchiveWriter {
    let archive: Archive
    private let names: PlaceNames

    /// A writer to `archive`.
    init(_ archive: Archive) throws {
        self.archive = archive
        names = try PlaceNames(archive.database)
    }

    /// Archives the readings of the month of `change` from `start` up to, not including, `end`, or to an earlier time.
    ///
    /// `change` says what is in the file so far, and then what is. Throws `StorageError`, and the file is as it was.
    func archive(from start: UnixTime, until end: UnixTime, _ change: inout ArchiveChange) throws {
        if let newest = change.record.newest, newest >= start {
            // Of a run that did not come to commit, or of another copy of this history.
            let end = min(end, newest + 1)
            try confirm(from: start, until: end, change)
            change.record.archivedUntil = end
            return
        }
        let path = archive.path(of: change.record.month)
        do {
            guard var appended = try append(from: start, until: end, to: path, change.record) else {
                change.record.archivedUntil = end
                return
            }
            try readBack(from: start, until: end, in: path, appended, after: change.record)
            appended.archivedUntil = end
            change.members.append((start: start, position: change.record.bytes))
            change.record = appended
        } catch {
            // The next attempt would do the same; meanwhile the file is what the database says.
            truncate(path, Int(change.record.bytes))
            throw error
        }
    }

    /// Calls `body` with the database's readings from `start` up to, not including, `end`, in the archive's order.
    private func forEach(
        from start: UnixTime,
        until end: UnixTime,
        _ body: (ArchivedReading) throws -> Void
    ) throws {
        var sensors = try archive.database.statement(SensorSQL.readings).all(.time(start), .time(end)) {
            row in
            StoredSensorReading(
                time: row.time(0),
                sensor: row.int(1),
                temperature: row.optionalFixed(2),
                humidity: row.optionalFixed(3)
            )
        }[...]
        let readings = ReadingHistory(archive.database)
        let elements = ReadingHistory.allElements
        try readings.forEachInDatabase(from: start, until: end, elements: elements) { reading in
            while let sensor = sensors.first, sensor.time < reading.time {
                try body(.sensor(sensor))
                sensors.removeFirst()
            }
            try body(.element(reading))
        }
        for sensor in sensors { try body(.sensor(sensor)) }
    }

    /// Writes the readings from `start` up to, not including, `end` to a file of their own at `path`, where there is
    /// none; answers how many, and makes no file of none.
    ///
    /// Throws `StorageError`, and there is no file then.
    func write(from start: UnixTime, until end: UnixTime, to path: String) throws -> Int64 {
        let nothing = ArchiveRecord(of: ArchiveMonth(containing: start))
        do {
            guard let written = try append(from: start, until: end, to: path, nothing) else { return 0 }
            try readBack(from: start, until: end, in: path, written, after: nothing)
            return written.readings
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Appends a member; nil, and the file is not touched, when there is nothing to be written.
    private func append(
        from start: UnixTime,
        until end: UnixTime,
        to path: String,
        _ record: ArchiveRecord
    ) throws -> ArchiveRecord? {
        var file: ArchiveMember?
        var encoder = ArchiveEncoder(names)
        var appended = record
        var text = record.bytes == 0 ? ArchiveHeader.bytes : []
        try forEach(from: start, until: end) { reading in
            let member = try file ?? ArchiveMember(path: path, after: record)
            file = member
            guard encoder.append(reading, to: &text) else {
                throw StorageError(
                    .archive,
                    path: path,
                    "there is a reading of \(reading.place), which is unknown"
                )
            }
            appended.readings += 1
            appended.newest = reading.time
            if text.count > 60_000 {
                try member.write(text)
                text.removeAll(keepingCapacity: true)
            }
        }
        guard let file else { return nil }
        try file.write(text)
        (appended.bytes, appended.checksum) = try file.finish()
        return appended
    }

    /// Reads the member that made `appended` of `record` from the disk, and throws unless it has the database's
    /// readings, each as it is there.
    private func readBack(
        from start: UnixTime,
        until end: UnixTime,
        in path: String,
        _ appended: ArchiveRecord,
        after record: ArchiveRecord
    ) throws {
        let reader = try ArchiveReader(
            path: path,
            from: record.bytes,
            to: appended.bytes,
            checksum: record.checksum,
            names: names,
            includingSensors: true
        )
        try forEach(from: start, until: end) { reading in
            guard try reader.next() == reading else {
                let message =
                    "what was written of \(reading.time.iso8601) reads back differently; nothing was deleted"
                throw StorageError(.archive, path: path, message)
            }
        }
        guard try reader.next() == nil, reader.checksum == appended.checksum else {
            let message = "what was written reads back differently; nothing was deleted"
            throw StorageError(.archive, path: path, message)
        }
    }

    /// Throws unless the file has the database's readings from `start` up to, not including, `end`, each as it is
    /// there.
    private func confirm(from start: UnixTime, until end: UnixTime, _ change: ArchiveChange) throws {
        let path = archive.path(of: change.record.month)
        let reader = try ArchiveReader(
            path: path,
            from: try archive.position(of: start, in: change.record),
            to: change.record.bytes,
            names: names,
            includingSensors: true
        )
        try forEach(from: start, until: end) { reading in
            var found = try reader.next()
            while let earlier = found, (earlier.time, earlier.place) < (reading.time, reading.place) {
                found = try reader.next()
            }
            guard found == reading else {
                let message =
                    "the file has readings up to \(change.record.newest?.iso8601 ?? "–"), but not that of"
                    + " \(reading.time.iso8601) in the database: move it to another directory; nothing was deleted"
                throw StorageError(.archive, path: path, message)
            }
        }
    }
}

/// A gzip member on its way into an archive file.
private final class ArchiveMember {
    private let path: String
    private let start: Int64
    private let descriptor: Int32
    private let member: GzipMember

    /// A member to be appended to the file at `path`, which has what `record` says.
    init(path: String, after record: ArchiveRecord) throws {
        self.path = path
        start = record.bytes
        let make = record.bytes == 0 ? O_CREAT : 0
        let opened = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | make, 0o640)
        guard opened >= 0 else { throw HistoryFile.failure(path) }
        do {
            var status = stat()
            guard fstat(opened, &status) == 0, fchmod(opened, 0o640) == 0 else {
                throw HistoryFile.failure(path)
            }
            guard Int64(status.st_size) == record.bytes else {
                throw StorageError(.archive, path: path, "somebody else is writing to the file")
            }
            member = try withArchiveErrors { () throws(ZlibError) in
                try GzipMember(appendingTo: opened, path: path, checksum: record.checksum)
            }
        } catch {
            close(opened)
            throw error
        }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    func write(_ bytes: [UInt8]) throws {
        try withArchiveErrors { () throws(ZlibError) in try member.write(bytes) }
    }

    /// Ends the member; when this returns, it outlasts a power cut.
    ///
    /// The length and checksum that the file has now.
    func finish() throws -> (bytes: Int64, checksum: CRC32) {
        try withArchiveErrors { () throws(ZlibError) in try member.finish() }
        guard fsync(descriptor) == 0 else { throw HistoryFile.failure(path) }
        // What is read back then comes from the disk.
        posix_fadvise(descriptor, Int(start), Int(member.length), POSIX_FADV_DONTNEED)
        try HistoryFile.sync(path)
        return (start + member.length, member.checksum)
    }
}
