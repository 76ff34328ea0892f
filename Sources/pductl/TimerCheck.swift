import Basics
import Glibc

/// Whether something starts the poller each minute.
enum TimerCheck {
    private static let cron = "/etc/cron.d/pdu-monitor"

    static func run(_ findings: Findings) {
        if access("/run/systemd/system", F_OK) == 0 {
            // `is-active` of what is not there says so as well.
            if system("systemctl --quiet is-active pdu-poll.timer >/dev/null 2>&1") == 0 {
                findings.ok("timer", "pdu-poll.timer is active")
            } else {
                let advice = "sudo systemctl enable --now pdu-poll.timer"
                findings.problem("timer", "pdu-poll.timer is not active", advice: advice)
            }
        } else if access(cron, F_OK) == 0 {
            findings.ok("timer", "no systemd here; \(cron) is there, which needs a running cron")
        } else {
            let advice = "start pdu-poll each minute, as docs/install.md says of cron"
            findings.warn("timer", "neither systemd nor \(cron) is here", advice: advice)
        }
    }
}
