// A device that a person asks about by its address, in the configuration or not, and the credentials to try.

import Basics
import Configuration

/// One device at an address.
struct AskedDevice {
    /// `--credential NAME`, of every verb that asks a device.
    static let credential = Arguments.Option(
        "--credential",
        value: "NAME",
        "prove it with this credential; without it, each SNMPv3 user is tried, but no community"
    )

    let configuration: Configuration
    /// The address as it was given.
    let text: String
    let address: NetworkAddress
    /// The names of the credentials to try, in order; never empty.
    let credentials: [String]

    /// The device that `invocation` names with its first operand.
    init(_ invocation: Invocation) throws {
        configuration = try invocation.configuration(.include)
        text = invocation.operands[0]
        guard let address = NetworkAddress(text) else {
            throw UsageError("\"\(text)\" is no address: expected \(NetworkAddress.allowed)")
        }
        self.address = address
        let wanted = invocation.arguments.value(Self.credential.name)
        let known = Self.configured(at: address, in: configuration)?.credential
        credentials = try Self.credentials(wanted ?? known, of: configuration)
    }

    /// The PDU of the configuration that is at this address.
    var configured: PDUConfiguration? { Self.configured(at: address, in: configuration) }

    /// The PDU as the configuration would have it, or has it, asked with `credential`.
    func pdu(_ credential: String) -> PDUConfiguration {
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

    private static func configured(
        at address: NetworkAddress,
        in configuration: Configuration
    ) -> PDUConfiguration? {
        let port = address.port ?? configuration.snmp.port
        return configuration.pdus.first { $0.host == address.host && $0.port == port }
    }

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
