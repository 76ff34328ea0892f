// The profiles that are built into the program. SwiftPM turns every file of `Profiles` into bytes at build time; this
// table gives them their names back, and a test compares it with the folder.

enum BuiltInProfiles {
    /// The files of the folder `Profiles`, by name.
    static let files: [(name: String, bytes: [UInt8])] = [
        ("apc-rpdu.yaml", PackageResources.apc_rpdu_yaml),
        ("apc-rpdu2.yaml", PackageResources.apc_rpdu2_yaml),
    ]
}
