// `pductl probe ADDRESS`: what a device is, what it says, whether that can be, and what to write into the
// configuration for it.

import Basics
import Collection
import Configuration
import Metering

extension Verb {
    /// `pductl probe ADDRESS`.
    static let probe = Verb(
        name: "probe",
        operands: "ADDRESS",
        summary: "read one device, and print what to write into the configuration for it",
        options: [AskedDevice.credential],
        hasJSON: true
    ) { invocation in
        try Probe(device: AskedDevice(invocation), wantsJSON: invocation.wantsJSON).run()
    }
}

/// One device that is being looked at.
private struct Probe {
    let device: AskedDevice
    let wantsJSON: Bool

    /// Tries the credentials until one of them reads the device.
    func run() throws -> ExitStatus {
        let configuration = device.configuration
        let collector = Collector(configuration: configuration, catalog: try configuration.profiles())
        for (position, credential) in device.credentials.enumerated() {
            let deadline = SystemClock.monotonicMilliseconds() + Int64(configuration.poll.deadline) * 1000
            let pdus = [device.pdu(credential)]
            let now = SystemClock.now()
            guard let result = collector.collect(pdus, engines: [:], now: now, deadline: deadline).first
            else {
                continue
            }
            let report = ProbeReport(device: device, result: result)
            switch result.outcome {
            case .read:
                writeToStandardOutput(wantsJSON ? report.json : report.text)
                return .success
            case .failed(let reason, let sentence):
                ControlCommand.say("\(reason.rawValue): \(sentence)")
                let isLast = position == device.credentials.count - 1
                guard isLast || !reason.isOfCredential else { continue }
                if wantsJSON { writeToStandardOutput(report.json) }
                return .someFailed
            }
        }
        return .someFailed
    }
}
