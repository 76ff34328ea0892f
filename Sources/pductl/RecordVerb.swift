// `pductl record ADDRESS`: everything that a device tells, in a file that its owner can give away.

import Basics
import Collection
import Configuration
import Devices
import MIB
import Metering

extension Verb {
    private static let options = [
        AskedDevice.credential,
        Arguments.Option("--output", value: "FILE", "write the recording to FILE instead of standard output"),
        Arguments.Option("--force", "overwrite FILE"),
        Arguments.Option("--under", value: "OID", isRepeatable: true, "record only what lies below OID"),
        Arguments.Option("--keep-names", "do not mask the names of PDUs, outlets and sensors"),
    ]

    /// `pductl record ADDRESS`.
    static let record = Verb(
        name: "record",
        operands: "ADDRESS",
        summary: "walk one device, and write a masked recording of it (.snmprec) to give away",
        options: options
    ) { invocation in
        let file = invocation.arguments.value("--output").map {
            OutputFile(path: $0, mayOverwrite: invocation.arguments.has("--force"))
        }
        if file == nil, invocation.wantsJSON {
            throw UsageError("--json needs --output FILE, since a recording is no JSON")
        }
        if file == nil, invocation.arguments.has("--force") {
            throw UsageError("--force is about the file of --output FILE")
        }
        let subtrees = try invocation.arguments.values("--under").map { text in
            guard let subtree = ObjectIdentifier(text), subtree.components.count > 1 else {
                throw UsageError("--under must be an OID such as 1.3.6.1.4.1.318, not \"\(text)\"")
            }
            return subtree
        }
        let recording = Recording(
            device: try AskedDevice(invocation),
            subtrees: subtrees.isEmpty ? RecordingMask.recorded : subtrees,
            keepsNames: invocation.arguments.has("--keep-names"),
            file: file
        )
        try file?.check()
        return try recording.make()
    }
}

/// A recording to be made.
private struct Recording {
    /// Ten times what the slowest cards need.
    static let longestMilliseconds: Int64 = 30 * 60 * 1000

    let device: AskedDevice
    let subtrees: [ObjectIdentifier]
    let keepsNames: Bool
    /// Where to write it; absent: standard output.
    let file: OutputFile?

    func make() throws -> ExitStatus {
        let catalog = try device.configuration.profiles()
        let progress = Progress()
        let recorder = Recorder(configuration: device.configuration)
        for credential in device.credentials {
            let started = SystemClock.monotonicMilliseconds()
            let walk = SubtreeWalk(subtrees, excluding: RecordingMask.neverRecorded) { progress.show($0) }
            let pdu = device.pdu(credential)
            let recorded = recorder.carryOn(walk, with: pdu, deadline: started + Self.longestMilliseconds)
            progress.end()
            if let (reason, sentence) = recorded.failure {
                ControlCommand.say("\(reason.rawValue): \(sentence)")
            }
            guard !recorded.walk.bindings.isEmpty else {
                if recorded.failure?.reason.isOfCredential == true { continue }
                if recorded.failure == nil {
                    ControlCommand.say("\(device.text) answers, but shows no object there")
                }
                return .someFailed
            }
            let seconds = FixedPoint(thousandths: SystemClock.monotonicMilliseconds() - started)
            ControlCommand.say(
                "\(recorded.walk.bindings.count) objects, \(recorded.walk.requestCount) requests, \(seconds) s"
            )
            for shortfall in recorded.walk.shortfalls {
                ControlCommand.say("not to the end of \(shortfall.subtree): \(shortfall.reason)")
            }
            try write(recorded.walk.bindings, catalog: catalog, pdu: pdu)
            return recorded.failure == nil && recorded.walk.shortfalls.isEmpty ? .success : .someFailed
        }
        return .someFailed
    }

    /// Masks and writes `bindings`, and says what was masked.
    private func write(_ bindings: [VariableBinding], catalog: ProfileCatalog, pdu: PDUConfiguration) throws {
        let hints = DeviceHints(profile: pdu.profile)
        let conversation = Self.conversation(about: bindings, catalog, hints)
        let reading = try? conversation.result?.get()
        if let reading {
            let identity = [reading.identity.vendor, reading.identity.model].compactMap { $0 }.joined(
                separator: " "
            )
            ControlCommand.say(
                "the profile \(reading.profile) reads it\(identity.isEmpty ? "" : ": \(identity)")"
            )
        } else {
            ControlCommand.say(
                "no profile reads it yet: names in the vendor's own tables are not known as such"
            )
        }
        let mask = RecordingMask(
            reading: reading,
            origins: conversation.origins,
            keepsNames: keepsNames,
            secrets: secrets(of: pdu)
        )
        var random = SystemRandomNumberGenerator()
        let masked = mask.masked(bindings, using: &random)
        let lines = masked.bindings.compactMap(SNMPRecord.line).map { $0 + "\n" }.joined()
        if let file { try file.write(lines) } else { writeToStandardOutput(lines) }
        tell(masked)
        if let reading,
            let after = try? Self.conversation(about: masked.bindings, catalog, hints).result?.get(),
            !after.hasNumbers(of: reading)
        {
            ControlCommand.say("warning: masked, it reads differently: this device has numbers in its names")
        }
    }

    /// What the network would have made of `bindings`.
    private static func conversation(
        about bindings: [VariableBinding],
        _ catalog: ProfileCatalog,
        _ hints: DeviceHints
    ) -> DeviceConversation {
        var conversation = DeviceConversation(catalog: catalog, hints: hints)
        RecordedAgent(RecordedWalk(bindings)).answer(&conversation)
        return conversation
    }

    /// What must not be in the recording, whatever it is there.
    private func secrets(of pdu: PDUConfiguration) -> [String] {
        let credential: [String] =
            switch device.configuration.credentials[pdu.credential] {
            case .community(_, let community)?: [community.exposed]
            case .user(let user)?:
                [user.name, user.authPassphrase?.exposed, user.privacyPassphrase?.exposed].compactMap { $0 }
            case nil: []
            }
        return credential + [pdu.host]
    }

    private func tell(_ masked: RecordingMask.Result) {
        let counts = RecordingMask.Subject.allCases.compactMap { subject in
            masked.counts[subject].map { "\(subject.rawValue): \($0)" }
        }
        ControlCommand.say("masked: \(counts.isEmpty ? "nothing" : counts.joined(separator: "; "))")
        if keepsNames { ControlCommand.say("not masked, as asked: the names of PDUs, outlets and sensors") }
        if masked.leftOut > 0 {
            ControlCommand.say("left out: \(masked.leftOut) objects of addresses and settings")
        }
        let name = file?.path ?? "what was printed"
        ControlCommand.say(
            "Look at \(name) before you give it away: a device may tell something about you in a place that no program"
                + " knows. Then attach it to an issue in the project's issue tracker, with the model and what the"
                + " device's own display or page shows."
        )
    }
}

extension DeviceReading {
    /// Whether every number of this is that of `other`: all but texts is the same.
    fileprivate func hasNumbers(of other: DeviceReading) -> Bool {
        withoutTexts == other.withoutTexts
    }

    private var withoutTexts: DeviceReading {
        var bare = self
        bare.identity = DeviceIdentity()
        for index in bare.elements.indices { bare.elements[index].name = nil }
        for index in bare.sensors.indices { bare.sensors[index].name = nil }
        bare.linkedUnits = linkedUnits.map { LinkedUnit(number: $0.number, reading: $0.reading.withoutTexts) }
        return bare
    }
}

extension FailureReason {
    /// Whether another credential may fare better.
    var isOfCredential: Bool {
        switch self {
        case .timeout, .unreachable, .unsupportedDevice, .badResponse, .deadline: false
        case .unknownUser, .wrongAuthPassphrase, .wrongPrivacyPassphrase: true
        case .unsupportedSecurityLevel, .notInTimeWindow: true
        }
    }
}
