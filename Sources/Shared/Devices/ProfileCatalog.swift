import YAML

/// The families that are known, by name.
package struct ProfileCatalog: Sendable {
    /// In the order of their names.
    package let profiles: [DeviceProfile]

    /// A catalog of `profiles`; of several with the same name the last counts.
    package init(_ profiles: [DeviceProfile]) {
        let byName = Dictionary(profiles.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        self.profiles = byName.values.sorted { $0.name < $1.name }
    }

    /// The families that the program brings along.
    package static func builtIn() throws(ProfileError) -> ProfileCatalog {
        var profiles: [DeviceProfile] = []
        for (name, bytes) in BuiltInProfiles.files {
            profiles.append(try ProfileReader.read(bytes, file: name))
        }
        return ProfileCatalog(profiles)
    }

    /// The names of the families.
    package var names: [String] { profiles.map(\.name) }

    /// The family called `name`.
    package func profile(named name: String) -> DeviceProfile? {
        profiles.first { $0.name == name }
    }

    /// This catalog and the profiles in `files`, which replace those of the same name.
    ///
    /// - Throws: everything that is wrong with any of the files, and two files with the same profile name.
    package func adding(_ files: [(path: String, bytes: [UInt8])]) throws(ProfileError) -> ProfileCatalog {
        var added: [DeviceProfile] = []
        var problems: [Problem] = []
        for (path, bytes) in files {
            do throws(ProfileError) {
                let profile = try ProfileReader.read(bytes, file: path)
                if added.contains(where: { $0.name == profile.name }) {
                    let message = "another file of the directory has the name \(profile.name) already"
                    problems.append(Problem(file: path, mark: nil, path: "name", message: message))
                }
                added.append(profile)
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw ProfileError(problems: problems) }
        return ProfileCatalog(profiles + added)
    }
}
