import MIB
import YAML

/// The families that are known, by name.
///
/// A file is read when its profile is first asked for: most runs need two of forty.
package struct ProfileCatalog: Sendable {
    /// A family's file.
    private struct Entry: Sendable {
        let name: String
        let file: String
        let bytes: [UInt8]
    }

    /// The names of the families, sorted.
    package let names: [String]
    private let entries: [String: Entry]
    private let shelf = ProfileShelf()

    private init(_ entries: [Entry]) {
        self.entries = Dictionary(entries.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        names = self.entries.keys.sorted()
    }

    /// The families that the program brings along: each in the file of its name.
    package static func builtIn() -> ProfileCatalog {
        let entries = BuiltInProfiles.files.map { file, bytes in
            Entry(name: String(file.dropLast(".yaml".count)), file: file, bytes: bytes)
        }
        return ProfileCatalog(entries)
    }

    /// The family called `name`; nil when there is none.
    ///
    /// The tables of some families lie below `objectID`, the device's sysObjectID. Throws what is wrong with its file.
    func profile(named name: String, for objectID: ObjectIdentifier?) throws(ProfileError) -> DeviceProfile? {
        guard let entry = entries[name] else { return nil }
        return try shelf.profile(name: entry.name, bytes: entry.bytes, file: entry.file, objectID: objectID)
    }

    /// What tells the profile called `name` from any other; nil when there is none.
    func fingerprint(of name: String) -> UInt64? {
        entries[name].map { shelf.fingerprint(name: name, bytes: $0.bytes) }
    }

    /// All families, sorted by name, for a device with the sysObjectID `objectID`; throws what is wrong with a file.
    func profiles(for objectID: ObjectIdentifier?) throws(ProfileError) -> [DeviceProfile] {
        var profiles: [DeviceProfile] = []
        for name in names {
            if let profile = try profile(named: name, for: objectID) { profiles.append(profile) }
        }
        return profiles
    }

    /// The names and one-line descriptions of all families, sorted by name.
    ///
    /// - Throws: what is wrong with one of the files.
    package func summaries() throws(ProfileError) -> [(name: String, summary: String)] {
        try profiles(for: nil).map { ($0.name, $0.summary) }
    }

    /// This catalog and the profiles in `files`, which replace those of the same name.
    ///
    /// - Throws: everything that is wrong with any of the files, and two files with the same profile name.
    package func adding(_ files: [(path: String, bytes: [UInt8])]) throws(ProfileError) -> ProfileCatalog {
        var added: [Entry] = []
        var problems: [Problem] = []
        for (path, bytes) in files {
            do throws(ProfileError) {
                let profile = try ProfileReader.read(bytes, file: path, objectID: nil)
                if added.contains(where: { $0.name == profile.name }) {
                    let message = "another file of the directory has the name \(profile.name) already"
                    problems.append(Problem(file: path, mark: nil, path: "name", message: message))
                }
                added.append(Entry(name: profile.name, file: path, bytes: bytes))
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ProfileError(problems: problems) }
        return ProfileCatalog(Array(entries.values) + added)
    }
}
