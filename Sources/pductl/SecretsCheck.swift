import Basics
import Configuration
import Glibc

/// Whether passphrases are for the collecting user alone.
enum SecretsCheck {
    static func run(_ configuration: Configuration, _ findings: Findings) {
        let slash = configuration.path.lastIndex(of: "/")
        let directory = slash.map { String(configuration.path[..<$0]) } ?? "."
        let path = directory + "/credentials.yaml"
        var status = stat()
        // What is elsewhere, the configuration's own warnings tell of.
        guard stat(path, &status) == 0 else { return }
        let mode = status.st_mode & 0o7777
        let octal = String(mode, radix: 8)
        let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "#\(status.st_uid)"
        let text = "\(path) is \(owner)'s, with mode \(octal)"
        if mode & 0o077 == 0 {
            findings.ok("secrets", text)
        } else {
            findings.warn(
                "secrets",
                "\(text): others than \(owner) can read it",
                advice: "sudo chmod 600 \(path)"
            )
        }
    }
}
