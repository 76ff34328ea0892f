import MIB
import Synchronization

/// Profiles that have been read from their files, each once.
final class ProfileShelf: Sendable {
    private struct Key: Hashable {
        let name: String
        /// Absent where the profile is the same for every sysObjectID.
        let objectID: ObjectIdentifier?
    }

    private let profiles = Mutex<[Key: DeviceProfile]>([:])
    private let fingerprints = Mutex<[String: UInt64]>([:])

    /// The fingerprint of the profile `name`, in `bytes`, which need not be read for that.
    func fingerprint(name: String, bytes: [UInt8]) -> UInt64 {
        fingerprints.withLock { fingerprints in
            if let known = fingerprints[name] { return known }
            let fingerprint = ProfileReader.fingerprint(of: bytes)
            fingerprints[name] = fingerprint
            return fingerprint
        }
    }

    /// The profile `name`, in `bytes`, the content of `file`, for a device with the sysObjectID `objectID`.
    func profile(
        name: String,
        bytes: [UInt8],
        file: String,
        objectID: ObjectIdentifier?
    ) throws(ProfileError) -> DeviceProfile {
        let general = Key(name: name, objectID: nil)
        if let known = profiles.withLock({ $0[general] }) {
            let isOwn =
                objectID.map { id in known.recognition.objectIDs.contains { id.isWithin($0) } } ?? false
            guard known.isRelative, isOwn else { return known }
            return try relative(Key(name: name, objectID: objectID), bytes: bytes, file: file)
        }
        let read = try ProfileReader.read(bytes, file: file, objectID: nil)
        profiles.withLock { $0[general] = read }
        return try profile(name: name, bytes: bytes, file: file, objectID: objectID)
    }

    private func relative(_ key: Key, bytes: [UInt8], file: String) throws(ProfileError) -> DeviceProfile {
        if let known = profiles.withLock({ $0[key] }) { return known }
        let read = try ProfileReader.read(bytes, file: file, objectID: key.objectID)
        profiles.withLock { $0[key] = read }
        return read
    }
}
