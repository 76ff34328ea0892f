import Basics
import Collection
import Configuration
import Devices
import Metering

/// Whether each PDU can be read: the same dialogue as the poller's, from the beginning.
enum PDUCheck {
    static func run(_ configuration: Configuration, _ findings: Findings) throws {
        guard !configuration.pdus.isEmpty else { return }
        let collector = Collector(configuration: configuration, catalog: try configuration.profiles())
        let deadline = SystemClock.monotonicMilliseconds() + Int64(configuration.poll.deadline) * 1000
        let collected = collector.collect(
            configuration.pdus,
            engines: [:],
            now: SystemClock.now(),
            deadline: deadline
        )
        for pdu in collected {
            let subject = "PDU \(pdu.configuration.name)"
            switch pdu.outcome {
            case .read(let reading):
                let whole = reading.elements.first { $0.element == .wholePDU }
                let power = whole?.activePower.map { "\($0) W" } ?? "no power"
                let parts = [
                    reading.profile, reading.identity.model, power,
                    counted(reading.elements.count, "element"),
                    pdu.latencyMilliseconds.map { "\($0) ms" },
                ]
                let text = "\(pdu.configuration.address): \(parts.compactMap { $0 }.joined(separator: ", "))"
                if whole?.activePower == nil, whole?.current != nil {
                    findings.warn(
                        subject,
                        text,
                        advice: "it measures current only: give it a nominal_voltage"
                    )
                } else {
                    findings.ok(subject, text)
                }
            case .failed(let reason, let sentence):
                let credential = configuration.credentials[pdu.configuration.credential]
                let before = SNMPStep.before(reason, with: credential)
                let failed = "\(SNMPStep(reason).rawValue): \(reason.rawValue)"
                findings.problem(
                    subject,
                    "\(pdu.configuration.address): \(before.isEmpty ? failed : before + "; " + failed)",
                    advice: sentence
                )
            }
        }
    }
}

extension Configuration {
    /// The families of PDUs that are known, the operator's own included.
    func profiles() throws -> ProfileCatalog {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { path[...$0] + "profiles" } ?? "profiles"
        return try ProfileCatalog.builtIn().adding(directory: String(directory))
    }
}
