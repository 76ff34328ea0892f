import Basics
import Glibc

/// Whether something keeps this machine's clock right: readings carry its time, and SNMPv3 checks it.
enum ClockCheck {
    static func run(_ findings: Findings) {
        let now = SystemClock.now().iso8601
        guard access("/run/systemd/system", F_OK) == 0 else {
            return findings.ok("clock", "\(now); without systemd, nothing here says whether it is kept right")
        }
        // What the kernel was told by whoever sets it: chrony, ntpd or systemd-timesyncd.
        let question = "[ \"$(timedatectl show --property NTPSynchronized --value 2>/dev/null)\" = yes ]"
        if system(question) == 0 {
            findings.ok("clock", "\(now), kept right")
        } else {
            let advice = "sudo timedatectl set-ntp true, or sudo apt install chrony"
            findings.warn("clock", "\(now), and nothing says that it is kept right", advice: advice)
        }
    }
}
