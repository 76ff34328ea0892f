// What is wrong with the archive, for people, and for whoever must not take its silence for an empty history.

package import Basics
import Glibc
import SQLite

/// Something of the archive that cannot be used.
package struct ArchiveProblem: Hashable, Sendable, CustomStringConvertible {
    /// The file, or the directory.
    package let path: String
    /// What is wrong with it.
    package let message: String
    /// What to do about it; absent where nothing can be done.
    package let advice: String?
    /// Readings before this time are missing without it; absent when none are.
    package let missingUntil: UnixTime?

    /// `/var/lib/pdu-monitor/archive/readings-2025-01.csv.gz: the file is missing`.
    package var description: String { "\(path): \(message)" }
}

extension Archive {
    /// How thoroughly files are looked at.
    enum Thoroughness {
        /// That they are there and as long as they should be.
        case length
        /// That they are, to the last bit, what was written.
        case checksum
    }

    /// What is wrong with the files that have readings of `time` or later, in the order of time.
    func problems(
        after time: UnixTime = UnixTime(.min),
        by thoroughness: Thoroughness
    ) throws -> [ArchiveProblem] {
        try records(after: time).compactMap { record -> ArchiveProblem? in
            do {
                switch thoroughness {
                case .length: _ = try verifiedLength(of: record)
                case .checksum: try verify(record)
                }
                return nil
            } catch let error as StorageError where error.code == .archive {
                return ArchiveProblem(
                    path: error.path,
                    message: error.message,
                    advice: advice(for: record.month),
                    missingUntil: record.archivedUntil
                )
            }
        }
    }

    /// What to do about a file of `month` that is not what it was.
    func advice(for month: ArchiveMonth) -> String {
        "put it back as it was; if it is lost, pductl forget \(month.name) lets the archive go on without it"
    }

    /// Whether the file that `record` is of can be read and is as long as it should be.
    func isReadable(_ record: ArchiveRecord) -> Bool {
        do {
            return try verifiedLength(of: record) >= record.bytes
        } catch {
            // Of whatever kind it is, `problems` says so to those who ask.
            return false
        }
    }

    /// Files in the directory that look like the archive's, but that the database knows nothing of.
    func unknownFiles() throws -> [ArchiveProblem] {
        guard let stream = opendir(directory) else {
            if errno == ENOENT { return [] }
            throw StorageError(.archive, path: directory, "it cannot be read (\(systemErrorText(errno)))")
        }
        defer { closedir(stream) }
        let known = Set(try database.statement(ArchiveSQL.months).all { row in row.text(0) })
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix("readings-"), name.hasSuffix(".csv.gz") else { continue }
            if !known.contains(String(name.dropFirst(9).dropLast(7))) { names.append(name) }
        }
        return names.sorted().map { name in
            let message = "this database knows nothing of the file; what is in it is not used"
            let advice = "leave it, or move it to another directory"
            return ArchiveProblem(
                path: "\(directory)/\(name)",
                message: message,
                advice: advice,
                missingUntil: nil
            )
        }
    }
}

extension HistoryWriter {
    /// What is wrong with the archive: with the files that this history wrote, by their checksums; readings that are
    /// in no file; files that are not of this history.
    ///
    /// Throws `StorageError`.
    package func archiveProblems() throws -> [ArchiveProblem] {
        try withStorageErrors(on: path) {
            let archive = Archive(of: database)
            let lost = try archive.lostUntil().map { time in
                let message = "readings before \(time.iso8601) were deleted, and are in no file"
                return ArchiveProblem(
                    path: archive.directory,
                    message: message,
                    advice: nil,
                    missingUntil: time
                )
            }
            return try [lost].compactMap { $0 } + archive.problems(by: .checksum) + archive.unknownFiles()
        }
    }

    /// Lets the archive go on without what was archived of `month`, `YYYY-MM`; answers false when nothing was.
    ///
    /// The file, where there is one, is not touched, and is to be moved away first: a file that is there is taken for
    /// one of this history again. Rollups that are in need of those readings stay as they are from now on. Throws
    /// `StorageError`.
    package func forgetArchive(of month: String) throws -> Bool {
        try withStorageErrors(on: path) {
            let archive = Archive(of: database)
            guard let month = ArchiveMonth(name: month), let record = try archive.record(of: month) else {
                return false
            }
            try database.transaction(.immediate) {
                if let newest = record.newest {
                    try database.statement(ArchiveSQL.lose).run(.time(newest + 1))
                }
                try database.statement(ArchiveSQL.forget).run(.text(month.name))
            }
            verifiedArchives[month] = nil
            return true
        }
    }
}

extension HistoryReader {
    /// What is wrong with the archive of the history at `path`, as far as the lengths of its files show it, and files
    /// that are not of this history.
    ///
    /// Throws `StorageError`.
    package static func archiveProblems(at path: String) throws -> [ArchiveProblem] {
        try withStorageErrors(on: path) {
            let archive = Archive(of: try Connection(.file(path), .readOnly, busyTimeout: 1000))
            return try archive.problems(by: .length) + archive.unknownFiles()
        }
    }

    /// Where the archive of the history at `path` is.
    package static func archiveDirectory(of path: String) -> String {
        HistoryFile.directory(of: path) + "/archive"
    }
}
