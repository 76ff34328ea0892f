// What is wrong with the archive, for people, and for whoever must not take its silence for an empty history.

package import Basics
import Glibc
import SQLite

/// A file of the archive that cannot be used.
package struct ArchiveProblem: Hashable, Sendable, CustomStringConvertible {
    /// Which.
    package let path: String
    /// What is wrong with it.
    package let message: String
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
        try records(after: time).compactMap { record in
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
                    missingUntil: record.archivedUntil
                )
            }
        }
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
            return ArchiveProblem(path: "\(directory)/\(name)", message: message, missingUntil: nil)
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
