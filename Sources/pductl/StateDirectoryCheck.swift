import Basics
import Configuration
import Glibc

/// Whether the directory of the history can be used, and has room.
enum StateDirectoryCheck {
    /// Less than this is not enough for a day: 100 MiB.
    private static let fewestFreeBytes: UInt64 = 100 << 20

    static func run(_ configuration: Configuration, _ findings: Findings) {
        let path = configuration.stateDirectory
        var status = stat()
        guard stat(path, &status) == 0 else {
            let make = "sudo install -d -o pdu-monitor -g pdu-monitor -m 2750 \(path)"
            findings.problem("state directory", "\(path): \(systemErrorText(errno))", advice: make)
            return
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            let advice = "name another state_directory in \(configuration.path)"
            findings.problem("state directory", "\(path) is no directory", advice: advice)
            return
        }
        guard access(path, W_OK | X_OK) == 0 else {
            let reason = systemErrorText(errno)
            let advice = "run pductl as root or as the owner of \(path): sudo -u pdu-monitor pductl check"
            findings.problem("state directory", "\(path) cannot be written: \(reason)", advice: advice)
            return
        }
        checkRoom(path, findings)
    }

    private static func checkRoom(_ path: String, _ findings: Findings) {
        var room = statvfs()
        guard statvfs(path, &room) == 0 else {
            let text = "\(path): \(systemErrorText(errno))"
            findings.problem("state directory", text, advice: "look at its file system: df \(path)")
            return
        }
        let free = UInt64(room.f_bavail) * UInt64(room.f_frsize)
        let text = "\(path), \(free >> 20) MiB free"
        if free < fewestFreeBytes {
            findings.problem("state directory", text, advice: "make room: df \(path)")
        } else {
            findings.ok("state directory", text)
        }
    }
}
