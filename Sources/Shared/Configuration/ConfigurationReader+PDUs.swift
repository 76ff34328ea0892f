// The list of PDUs: each on its own, then what must differ between them.

import Basics
import YAML

extension ConfigurationReader {
    /// The PDUs of `field`, in order; `credentials` are the names that may be used, nil where they are not known.
    func pdus(
        _ field: YAMLField,
        snmp: Configuration.SNMP,
        credentials: Set<String>?
    ) -> [PDUConfiguration] {
        guard let items = field.isPresent ? field.list() : [] else { return [] }
        if items.isEmpty {
            warnings.add(field.problem("no PDU yet; pductl probe ADDRESS prints what to write here"))
        }
        var uniqueness = Uniqueness(warnings: warnings)
        var pdus: [PDUConfiguration] = []
        pdus.reserveCapacity(items.count)
        for item in items {
            guard let section = item.section(Self.pduKeys) else {
                if !item.isPresent { item.report("expected a mapping (key: value), found nothing") }
                continue
            }
            let pdu = pdu(section, snmp: snmp)
            uniqueness.check(pdu, in: section)
            if let credentials, !pdu.credential.isEmpty, !credentials.contains(pdu.credential) {
                section["credentials"].report(undefined(pdu.credential, among: credentials.sorted()))
            }
            pdus.append(pdu)
        }
        return pdus
    }

    private static let pduKeys = [
        "name", "id", "address", "credentials", "profile", "nominal_voltage", "power_factor", "timeout",
        "retries",
    ]

    /// One PDU; empty texts where a problem was reported.
    private func pdu(_ section: YAMLSection, snmp: Configuration.SNMP) -> PDUConfiguration {
        let address = section.required("address")
        let network = address.converted(expected: NetworkAddress.allowed) { text in
            NetworkAddress(text).map { (text: text, host: $0.host, port: $0.port) }
        }
        let volts = FixedPoint(80)...FixedPoint(500)
        return PDUConfiguration(
            key: label(section["id"]),
            name: label(section.required("name")) ?? "",
            address: network?.text ?? "",
            host: network?.host ?? "",
            port: network?.port ?? snmp.port,
            credential: label(section.required("credentials")) ?? "",
            profile: label(section["profile"]),
            nominalVoltage: section["nominal_voltage"].decimal(in: volts, unit: "volts"),
            powerFactor: section["power_factor"].decimal(in: FixedPoint(thousandths: 1)...FixedPoint(1)),
            timeout: timeout(section["timeout"]) ?? snmp.timeout,
            retries: retries(section["retries"]) ?? snmp.retries
        )
    }

    private func undefined(_ name: String, among names: [String]) -> String {
        guard !names.isEmpty else { return "no credential \(quoted(name)); none is defined" }
        let hint = suggestion(for: name, among: names)
        let list = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
        return "no credential \(quoted(name))\(hint.isEmpty ? "; defined: \(list)" : hint)"
    }
}

/// What no two PDUs may share.
private struct Uniqueness {
    let warnings: ProblemList
    private var names: [String: Int] = [:]
    private var keys: [String: (name: String, line: Int)] = [:]
    private var places: [Place: (name: String, line: Int)] = [:]

    private struct Place: Hashable {
        let host: String
        let port: Int
    }

    init(warnings: ProblemList) {
        self.warnings = warnings
    }

    /// Reports what `pdu` shares with one before it.
    mutating func check(_ pdu: PDUConfiguration, in section: YAMLSection) {
        guard !pdu.name.isEmpty else { return }
        let line = section.field.mark.line
        if let first = names.updateValue(line, forKey: pdu.name) {
            section["name"].report("\(quoted(pdu.name)) is the name of the PDU on line \(first) too")
        } else if let first = keys[pdu.key] {
            let whose = "the PDU \(quoted(first.name)) on line \(first.line)"
            let field = section["id"].isPresent ? section["id"] : section["name"]
            field.report("\(quoted(pdu.key)) already identifies \(whose); give one of them another id")
        }
        keys[pdu.key] = (pdu.name, line)
        guard !pdu.host.isEmpty else { return }
        let place = Place(host: pdu.host.lowercased(), port: pdu.port)
        if let first = places.updateValue((pdu.name, line), forKey: place) {
            let whose = "\(quoted(first.name)) on line \(first.line)"
            let message = "the same place as \(whose): what it draws will be counted twice"
            warnings.add(section["address"].problem(message))
        }
    }
}
