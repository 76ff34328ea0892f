// Runs that the database could not take, in files until it can: one file per run, in the state directory. Whoever
// calls holds the poller's lock.
//
// A run is in a file with its own name only when it is whole and synced: it is written under another name, synced,
// renamed, and the directory synced. What is found under the other name was being written when the program was killed.

package import Basics
import Glibc
package import Storage

/// The directory with runs that wait.
package struct Spool: Sendable {
    /// More bytes are not kept: 2 GiB, about a week of 10,000 PDUs.
    package static let largestSize: Int64 = 2 << 30
    /// More files are not kept: two months of minutes.
    package static let mostFiles = 100_000
    /// Longer files are not read: 256 MiB.
    static let largestFile = 256 << 20
    /// What a run needs beside the bytes of its file: the directory, and what the file system knows of it.
    private static let overhead: Int64 = 64 << 10
    private static let unfinished = "unfinished"

    /// Where the files are.
    package let directory: String
    /// Room for a full disk.
    let reserve: SpoolReserve

    /// The spool in `stateDirectory`.
    package init(in stateDirectory: String) {
        directory = stateDirectory + "/spool"
        reserve = SpoolReserve(path: directory + "/reserve")
    }

    /// The path of `file`.
    package func path(of file: SpoolFile) -> String {
        "\(directory)/\(file.name)"
    }

    /// Makes the directory and its reserve, as far as the disk has room, while nothing is wrong yet.
    package func prepare() {
        // Whoever needs it says what is wrong.
        try? makeDirectory()
        reserve.fill()
    }

    // MARK: - What is there

    /// What waits, in the order of time; nothing where there is no spool.
    package func waiting() throws(SpoolError) -> [SpoolFile] {
        try names().compactMap { name in
            var status = stat()
            guard lstat("\(directory)/\(name)", &status) == 0 else { return nil }
            return SpoolFile(name: name, length: Int64(status.st_size))
        }.sorted()
    }

    /// The names of files that were moved aside, and wait for a person.
    package func movedAside() throws(SpoolError) -> [String] {
        try names().filter { name in SpoolSuffix.allCases.contains { name.hasSuffix("." + $0.rawValue) } }
            .sorted()
    }

    private func names() throws(SpoolError) -> [String] {
        guard let stream = opendir(directory) else {
            guard errno != ENOENT else { return [] }
            throw SpoolError(directory, code: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
            )
        }
        guard errno == 0 else { throw SpoolError(directory, code: errno) }
        return names
    }

    /// The run in `file`; nil where it cannot be had, and then the file is moved aside as `movedAside` says.
    func read(_ file: SpoolFile, movedAside: inout [MovedAside]) -> WaitingRun? {
        do throws(FileError) {
            let bytes = try readFile(path(of: file), limit: Self.largestFile)
            do throws(SpoolFormatError) {
                let waiting = try SpoolFormat.decode(bytes)
                if waiting.run.minute == file.minute { return waiting }
                throw .damaged("its run is of \(waiting.run.minute.iso8601), its name is not")
            } catch {
                let isUnknown = if case .unknownVersion = error { true } else { false }
                movedAside.append(moveAside(file, isUnknown ? .unknown : .damaged, "\(error)"))
            }
        } catch {
            movedAside.append(moveAside(file, .unreadable, systemErrorText(error.code)))
        }
        return nil
    }

    // MARK: - Keeping

    /// Writes `waiting` to a file of its own, which outlasts a power cut when this returns.
    ///
    /// On a full disk the reserve gives way. Throws `SpoolError`, and nothing was kept then.
    package func keep(_ waiting: WaitingRun) throws(SpoolError) -> SpoolFile {
        try makeDirectory()
        _ = try finishWhatWasBegun()
        let files = try self.waiting()
        let bytes = SpoolFormat.encode(waiting)
        let size = files.reduce(Int64(bytes.count)) { $0 + $1.length }
        guard size <= Self.largestSize, files.count < Self.mostFiles else {
            throw SpoolError(directory, "\(files.count) runs wait already, and no more are kept")
        }
        let minute = waiting.run.minute
        let number = (files.last { $0.minute == minute }?.number ?? 0) + 1
        let file = SpoolFile(minute: minute, number: number, length: Int64(bytes.count))
        while true {
            do throws(SpoolError) {
                try write(bytes, to: file)
                return file
            } catch {
                guard error.code == ENOSPC || error.code == EDQUOT,
                    reserve.release(file.length + Self.overhead)
                else { throw error }
            }
        }
    }

    private func write(_ bytes: [UInt8], to file: SpoolFile) throws(SpoolError) {
        let partial = "\(path(of: file)).\(Self.unfinished)"
        unlink(partial)
        do throws(SpoolError) {
            try writeSynced(bytes, to: partial)
            guard rename(partial, path(of: file)) == 0 else { throw SpoolError(path(of: file), code: errno) }
        } catch {
            unlink(partial)
            throw error
        }
        try syncDirectory()
    }

    private func writeSynced(_ bytes: [UInt8], to path: String) throws(SpoolError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw SpoolError(path, code: errno) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw SpoolError(path, code: count < 0 ? errno : EIO) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw SpoolError(path, code: errno) }
    }

    private func makeDirectory() throws(SpoolError) {
        while mkdir(directory, 0o2750) != 0 {
            guard errno != EEXIST else { return }
            throw SpoolError(directory, code: errno)
        }
        // mkdir(2) takes the umask off; the group is the one that reads.
        chmod(directory, 0o2750)
    }

    /// Makes names that came or went outlast a power cut.
    func syncDirectory() throws(SpoolError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SpoolError(directory, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SpoolError(directory, code: errno) }
    }

    // MARK: - Letting go

    /// Removes `files`, whose runs are in the database, for good.
    func remove(_ files: [SpoolFile]) throws(SpoolError) {
        for file in files {
            guard unlink(path(of: file)) == 0 || errno == ENOENT else {
                throw SpoolError(path(of: file), code: errno)
            }
        }
        try syncDirectory()
    }

    /// Takes over what a program that was killed left unfinished, where it is whole, and removes it where it is not;
    /// answers what was removed.
    func finishWhatWasBegun() throws(SpoolError) -> [String] {
        var removed: [String] = []
        for name in try names() where name.hasSuffix("." + Self.unfinished) {
            let partial = "\(directory)/\(name)"
            let target = String(partial.dropLast(Self.unfinished.count + 1))
            if let bytes = try? readFile(partial), (try? SpoolFormat.decode(bytes)) != nil,
                access(target, F_OK) != 0, rename(partial, target) == 0
            {
                try syncDirectory()
            } else {
                unlink(partial)
                removed.append(partial)
            }
        }
        return removed
    }

    /// Moves what is of minutes after `time` aside: of a clock that was ahead; answers where it is.
    package func moveAside(after time: UnixTime) throws(SpoolError) -> [MovedAside] {
        try waiting().filter { $0.minute > time }.map {
            moveAside($0, .ahead, "it is of a time still to come")
        }
    }

    /// Gives `file` a name that says why it is not taken up, `reason`, in words `why`.
    func moveAside(_ file: SpoolFile, _ reason: SpoolSuffix, _ why: String) -> MovedAside {
        let path = path(of: file)
        var target = "\(path).\(reason.rawValue)"
        var count = 1
        while access(target, F_OK) == 0 {
            count += 1
            target = "\(path).\(count).\(reason.rawValue)"
        }
        guard rename(path, target) == 0 else {
            return MovedAside(path: path, why: "\(why); and it cannot be renamed: \(systemErrorText(errno))")
        }
        return MovedAside(path: target, why: why)
    }
}

/// A file that is not taken up.
package struct MovedAside: Hashable, Sendable {
    /// Where it is now.
    package let path: String
    /// Why.
    package let why: String
}

/// Why a file was moved aside, as the end of its name.
enum SpoolSuffix: String, CaseIterable {
    /// It is not what was written.
    case damaged
    /// It is of another version of the program.
    case unknown
    /// The system does not give it.
    case unreadable
    /// The database has later runs.
    case late
    /// The clock was ahead.
    case ahead
    /// The database would not have it.
    case refused
}
