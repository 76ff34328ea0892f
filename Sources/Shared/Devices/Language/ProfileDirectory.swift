// The only part of this module that reads files: profiles that an operator adds.

import Basics
import Glibc
import YAML

extension ProfileCatalog {
    /// This catalog and the profiles in the `*.yaml` files of `directory`, which replace those of the same name.
    ///
    /// A directory that does not exist adds nothing.
    ///
    /// - Throws: everything that is wrong with any of the files.
    package func adding(directory: String) throws(ProfileError) -> ProfileCatalog {
        var files: [(path: String, bytes: [UInt8])] = []
        var problems: [Problem] = []
        for name in try profileFileNames(in: directory) {
            do throws(FileError) {
                let path = "\(directory)/\(name)"
                files.append((path, try readFile(path, limit: 1 << 20)))
            } catch {
                problems.append(Problem(error))
            }
        }
        guard problems.isEmpty else { throw ProfileError(problems: problems) }
        return try adding(files)
    }
}

/// The names of the `*.yaml` files of `directory`, sorted; none when it does not exist.
private func profileFileNames(in directory: String) throws(ProfileError) -> [String] {
    guard let stream = opendir(directory) else {
        if errno == ENOENT { return [] }
        throw ProfileError(problems: [Problem(FileError(path: directory, code: errno))])
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name.hasSuffix(".yaml"), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
}

extension Problem {
    /// A file or directory that cannot be read.
    fileprivate init(_ error: FileError) {
        self.init(file: error.path, mark: nil, path: "", message: systemErrorText(error.code))
    }
}
