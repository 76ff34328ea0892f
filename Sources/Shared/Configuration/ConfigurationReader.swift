// From the file to the values: every key, its default and its limits. What belongs to PDUs and to credentials stands
// in files of its own.

import Basics
import YAML

/// Reads one configuration file; used once.
final class ConfigurationReader {
    let problems = ProblemList()
    let warnings = ProblemList()
    /// The files that were read, in the order in which problems are told.
    private(set) var files: [String]
    let timeZones = TimeZones()
    let base: BaseDirectory
    private let path: String
    private let secrets: Configuration.Secrets

    init(path: String, secrets: Configuration.Secrets) {
        self.path = path
        self.secrets = secrets
        base = BaseDirectory(of: path)
        files = [path]
    }

    /// The configuration; worth something only when there are no problems.
    func read() -> Configuration? {
        let file: TextFile
        do throws(FileError) {
            file = try TextFile(path: path)
        } catch {
            let message = "cannot be read: \(systemErrorText(error.code))"
            problems.add(Problem(file: path, mark: nil, path: "", message: message))
            return nil
        }
        let keys = [
            "site", "state_directory", "poll", "snmp", "retention", "web", "credentials_file", "credentials",
            "pdus",
        ]
        guard let top = YAMLField(parsing: file.bytes, file: path, problems: problems)?.section(keys) else {
            return nil
        }
        var configuration = Configuration(path: path, site: site(top["site"]))
        configuration.stateDirectory =
            pathText(top["state_directory"], longest: 1000) ?? configuration.stateDirectory
        configuration.poll = poll(top["poll"])
        configuration.snmp = snmp(top["snmp"])
        configuration.readingsDays =
            top["retention"].section(["readings_days"])?["readings_days"].integer(
                in: 1...36_500,
                unit: "days"
            )
            ?? configuration.readingsDays
        configuration.web = web(top["web"])
        let names = credentials(top, of: file, into: &configuration)
        configuration.pdus = pdus(top["pdus"], snmp: configuration.snmp, credentials: names)
        configuration.warnings = warnings.sorted(files: files)
        return configuration
    }

    private func site(_ field: YAMLField) -> Configuration.Site {
        let section = field.section(["name", "timezone"])
        let zone = section?["timezone"]
        let timezone = zone?.text()
        if let timezone, !timeZones.contains(timezone) { zone?.report(timeZones.problem(with: timezone)) }
        return Configuration.Site(
            name: section.flatMap { label($0["name"]) } ?? "Server room",
            timezone: timezone ?? timeZones.systemZone()
        )
    }

    private func poll(_ field: YAMLField) -> Configuration.Poll {
        var poll = Configuration.Poll()
        guard let section = field.section(["interval", "deadline", "concurrency"]) else { return poll }
        let limit = "a whole number of seconds from 10 to 3600 that divides an hour, such as 30, 60 or 300"
        poll.interval =
            section["interval"].converted(expected: limit) { text in
                Int(text).flatMap { (10...3600).contains($0) && 3600 % $0 == 0 ? $0 : nil }
            } ?? poll.interval
        // Where only the interval is given, the usual share of it.
        poll.deadline = min(poll.deadline, poll.interval * 5 / 6)
        poll.deadline =
            section["deadline"].integer(in: 1...poll.interval - 1, unit: "seconds (below poll.interval)")
            ?? poll.deadline
        poll.concurrency = section["concurrency"].integer(in: 1...4096) ?? poll.concurrency
        return poll
    }

    private func snmp(_ field: YAMLField) -> Configuration.SNMP {
        var snmp = Configuration.SNMP()
        guard let section = field.section(["port", "timeout", "retries"]) else { return snmp }
        snmp.port = section["port"].integer(in: 1...65_535) ?? snmp.port
        snmp.timeout = timeout(section["timeout"]) ?? snmp.timeout
        snmp.retries = retries(section["retries"]) ?? snmp.retries
        return snmp
    }

    private func web(_ field: YAMLField) -> Configuration.Web {
        var web = Configuration.Web()
        guard let section = field.section(["socket", "threads", "writers", "names", "cors_origins"]) else {
            return web
        }
        // 108 bytes of sun_path (unix(7)), one of them the end.
        web.socket = pathText(section["socket"], longest: 107) ?? web.socket
        web.threads = section["threads"].integer(in: 1...64) ?? web.threads
        if let list = section["writers"].list() { web.writers = list.compactMap(writer) }
        if let list = section["cors_origins"].list() { web.corsOrigins = list.compactMap(origin) }
        if let list = section["names"].list() { web.names = list.compactMap(siteName) }
        return web
    }

    /// The name of a machine (RFC 1123, section 2.1), perhaps with underscores.
    private func siteName(_ field: YAMLField) -> String? {
        let expected = "a name such as pdu.example.net, without scheme and port (addresses need not be named)"
        return field.converted(expected: expected) { text in
            let labels = text.split(separator: ".", omittingEmptySubsequences: false)
            let isName = labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                            true
                        default: false
                        }
                    }
            }
            return isName && text.utf8.count <= 253 && AddressPrefix(text) == nil ? text : nil
        }
    }

    /// An address, a prefix or a user's name.
    private func writer(_ field: YAMLField) -> Configuration.Writer? {
        guard let text = label(field) else { return nil }
        if let prefix = AddressPrefix(text) { return .addresses(prefix) }
        guard !text.contains("/"), !text.contains(":"), !text.allSatisfy({ $0.isNumber || $0 == "." }) else {
            field.reportMismatch(expected: "\(AddressPrefix.forms), or the name of a user")
            return nil
        }
        return .user(text)
    }

    /// `*`, or an origin.
    private func origin(_ field: YAMLField) -> String? {
        guard let text = label(field, longest: 300) else { return nil }
        if text == "*" || WebOrigin.isOne(text) { return text }
        field.reportMismatch(
            expected: "\(WebOrigin.forms), or \"*\" for every site"
        )
        return nil
    }

    /// The names of all credentials, broken ones included; nil when they are not known, so that nothing can be
    /// said about a PDU that uses one.
    private func credentials(
        _ top: YAMLSection,
        of file: TextFile,
        into configuration: inout Configuration
    ) -> Set<String>? {
        guard secrets == .include else { return nil }
        let reader = CredentialReader(base: base, warnings: warnings)
        reader.read(top["credentials"], of: file, at: path)
        let other = top["credentials_file"]
        if let otherPath = pathText(other, longest: 1000) {
            files.append(otherPath)
            do throws(FileError) {
                let otherFile = try TextFile(path: otherPath)
                guard let field = YAMLField(parsing: otherFile.bytes, file: otherPath, problems: problems),
                    let credentials = credentialsField(of: field)
                else { return nil }
                reader.read(credentials, of: otherFile, at: otherPath)
            } catch {
                other.report("cannot read \(error)")
                return nil
            }
        } else if other.isPresent {
            return nil
        }
        configuration.credentials = reader.credentials
        return reader.names
    }

    /// Where the credentials of a file of their own begin: below the key `credentials`, or at its top.
    private func credentialsField(of file: YAMLField) -> YAMLField? {
        guard let entries = file.entries() else { return nil }
        guard entries.isEmpty || entries.contains(where: { $0.key.name == "credentials" }) else {
            return file
        }
        return file.section(["credentials"])?["credentials"]
    }
}

// MARK: - Values that several keys share

extension ConfigurationReader {
    /// Seconds that one attempt waits.
    func timeout(_ field: YAMLField) -> FixedPoint? {
        field.decimal(in: FixedPoint(thousandths: 100)...FixedPoint(60), unit: "seconds")
    }

    /// Attempts after the first.
    func retries(_ field: YAMLField) -> Int? {
        field.integer(in: 0...10)
    }

    /// A path, from the configuration's directory when it is relative.
    func pathText(_ field: YAMLField, longest: Int) -> String? {
        guard let text = label(field, longest: longest) else { return nil }
        let path = base.resolve(text)
        guard path.utf8.count <= longest else {
            field.report("expected a path of at most \(longest) bytes, found one of \(path.utf8.count)")
            return nil
        }
        return path
    }
}

/// A text that is fit to be shown: not empty, not too long, without control characters.
func label(_ field: YAMLField, longest: Int = 100) -> String? {
    guard let text = field.text() else { return nil }
    // Most are plain ASCII, of which there are ten thousand: no need to ask Unicode about each letter.
    let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) || $0 == 0x20 }
    if isPlain, text.utf8.count <= longest, text.utf8.contains(where: { $0 != 0x20 }) { return text }
    guard !text.allSatisfy(\.isWhitespace), text.count <= longest,
        text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
        field.reportMismatch(expected: "1 to \(longest) characters, without control characters")
        return nil
    }
    return text
}
