// `pductl probe ADDRESS`: what a device is, what it says, and what to write into the configuration for it.

import Basics
import Collection
import Configuration
import Metering

extension Verb {
    private static let credential = Arguments.Option(
        "--credential",
        value: "NAME",
        "prove it with this credential; without it, each SNMPv3 user is tried, but no community"
    )

    /// `pductl probe ADDRESS`.
    static let probe = Verb(
        name: "probe",
        operands: "ADDRESS",
        summary: "read one device, and print what to write into the configuration for it",
        options: [credential]
    ) { invocation in
        let configuration = try invocation.configuration(.include)
        let text = invocation.operands[0]
        guard let address = NetworkAddress(text) else {
            throw UsageError("\"\(text)\" is no address: expected \(NetworkAddress.allowed)")
        }
        let probe = Probe(configuration: configuration, text: text, address: address)
        let wanted = invocation.arguments.value(credential.name) ?? probe.configured?.credential
        return try probe.run(with: try credentials(wanted, of: configuration))
    }

    /// The credentials to try, in order.
    private static func credentials(
        _ wanted: String?,
        of configuration: Configuration
    ) throws(UsageError) -> [String] {
        let all = configuration.credentials
        if let wanted {
            if all[wanted] != nil { return [wanted] }
            let hint = nearestName(to: wanted, among: all.keys.sorted()).map { " (did you mean \"\($0)\"?)" }
            throw UsageError("the configuration has no credential \"\(wanted)\"\(hint ?? "")")
        }
        let users = all.keys.sorted().filter { name in
            if case .user = all[name] { true } else { false }
        }
        guard !users.isEmpty else {
            let why = all.isEmpty ? "the configuration has no credentials" : "a community must be named"
            throw UsageError(
                "\(why): --credential NAME, with what credentials: of \(configuration.path) defines"
            )
        }
        return users
    }
}

/// One device that is being looked at.
private struct Probe {
    let configuration: Configuration
    /// The address as it was given.
    let text: String
    let address: NetworkAddress

    /// Tries `credentials` until one of them reads the device.
    func run(with credentials: [String]) throws -> ExitStatus {
        let collector = Collector(configuration: configuration, catalog: try configuration.profiles())
        for credential in credentials {
            let deadline = SystemClock.monotonicMilliseconds() + Int64(configuration.poll.deadline) * 1000
            let pdu = self.pdu(credential)
            guard let result = collector.collect([pdu], engines: [:], now: SystemClock.now(), deadline: deadline).first else {
                continue
            }
            switch result.outcome {
            case .read(let reading):
                show(reading, result)
                return .success
            case .failed(let reason, let sentence):
                ControlCommand.say("\(reason.rawValue): \(sentence)")
                // Another user would meet the same.
                if [.timeout, .unreachable, .unsupportedDevice, .badResponse, .deadline].contains(reason) {
                    return .someFailed
                }
            }
        }
        return .someFailed
    }

    /// The PDU as the configuration would have it, or has it.
    private func pdu(_ credential: String) -> PDUConfiguration {
        let known = configured
        return PDUConfiguration(
            name: text,
            address: text,
            host: address.host,
            port: address.port ?? configuration.snmp.port,
            credential: credential,
            profile: known?.profile,
            nominalVoltage: known?.nominalVoltage,
            powerFactor: known?.powerFactor,
            timeout: known?.timeout ?? configuration.snmp.timeout,
            retries: known?.retries ?? configuration.snmp.retries
        )
    }

    /// The PDU of the configuration that is at this address.
    var configured: PDUConfiguration? {
        let port = address.port ?? configuration.snmp.port
        return configuration.pdus.first { $0.host == address.host && $0.port == port }
    }

    private func show(_ reading: DeviceReading, _ result: CollectedPDU) {
        writeToStandardOutput(readingTable(reading))
        if let configured {
            writeToStandardOutput("\nThe configuration has it as \"\(configured.name)\".\n")
        } else {
            let stanza = Stanza(
                reading: reading,
                address: text,
                credential: result.configuration.credential,
                taken: Set(configuration.pdus.map(\.name))
            )
            writeToStandardOutput("\nFor pdus: in \(configuration.path):\n\n\(stanza.text)")
        }
    }
}

/// The entry of the configuration for one device.
struct Stanza {
    let reading: DeviceReading
    let address: String
    let credential: String
    /// Names that other PDUs have.
    let taken: Set<String>

    /// YAML, to be pasted below `pdus:`.
    var text: String {
        """
          - name: \(Self.scalar(name))
            address: \(Self.scalar(address))
            credentials: \(Self.scalar(credential))
        \(lacksPower ? "    nominal_voltage: 230   # it measures current only; with its voltage here, power follows\n" : "")
        """
    }

    /// The device's own name where it has one that is free.
    private var name: String {
        let own = reading.identity.name ?? reading.identity.model ?? address
        return taken.contains(own) ? "\(own) at \(address)" : own
    }

    private var lacksPower: Bool {
        let whole = reading.elements.first { $0.element == .wholePDU }
        return whole?.activePower == nil && reading.elements.contains { $0.current != nil }
    }

    /// `text` as a YAML scalar: plain where nothing can be mistaken, else in JSON's quotes, which are YAML's too.
    static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"): true
            case UInt8(ascii: "-"), UInt8(ascii: " "): true
            default: false
            }
        }
        let isSafe = isPlain && text.first.map { $0.isLetter || $0.isNumber } ?? false && text.last != " "
        if isSafe, text.lowercased() != "null" { return text }
        var json = JSONWriter()
        json.value(text)
        return json.text
    }
}
