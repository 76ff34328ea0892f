// Credentials: which keys a version and a security level need, and which they must not have. Nothing here may put a
// passphrase or a community into a message.

import Basics
import YAML

/// Reads credentials, from one place or several.
final class CredentialReader {
    private(set) var credentials: [String: Credential] = [:]
    /// All names, also of credentials with problems.
    private(set) var names: Set<String> = []
    private let base: BaseDirectory
    private let warnings: ProblemList

    /// Relative paths of passphrase files start from `base`.
    init(base: BaseDirectory, warnings: ProblemList) {
        self.base = base
        self.warnings = warnings
    }

    /// Adds the credentials of `field`, which stands in `file` at `path`.
    func read(_ field: YAMLField, of file: TextFile, at path: String) {
        let before = inlineSecrets
        for (key, entry) in field.entries() ?? [] {
            if !names.insert(key.name).inserted {
                entry.report("a credential of this name is defined in both files; remove one")
            } else if let section = section(entry) {
                credentials[key.name] = credential(section)
            }
        }
        if file.isOpenToOthers, inlineSecrets > before { warnings.add(field.problem(openToAll(path))) }
    }

    /// How many secrets stood in the file itself.
    private var inlineSecrets = 0

    private static let userKeys = [
        "user", "security_level", "auth_protocol", "auth_passphrase", "auth_passphrase_file",
        "privacy_protocol",
        "privacy_passphrase", "privacy_passphrase_file",
    ]
    private static let communityKeys = ["community", "community_file"]

    private func section(_ entry: YAMLField) -> YAMLSection? {
        guard entry.isPresent else {
            entry.report("expected a mapping (key: value), found nothing")
            return nil
        }
        return entry.section(["version"] + Self.userKeys + Self.communityKeys)
    }

    private func credential(_ section: YAMLSection) -> Credential? {
        // Version 3 where nothing is said: communities are only for those who write them out.
        let field = section["version"]
        let version = field.isPresent ? field.choice(of: ["1", "2c", "3"]) : "3"
        switch version {
        case nil: return nil
        case "3":
            refuse(Self.communityKeys, in: section, because: "is for version 1 and 2c; write the version out")
            return user(section).map(Credential.user)
        case let version:
            refuse(Self.userKeys, in: section, because: "is for version 3")
            guard let community = secret("community", in: section, fewest: 1) else { return nil }
            return .community(version: version == "1" ? .v1 : .v2c, community)
        }
    }

    private func refuse(_ keys: [String], in section: YAMLSection, because reason: String) {
        for key in keys where section[key].isPresent { section[key].report(reason) }
    }
}

// MARK: - SNMPv3 users

extension CredentialReader {
    private func user(_ section: YAMLSection) -> Credential.User? {
        let name = section.required("user")
        let user = name.converted(expected: "1 to 32 bytes of text") {
            (1...32).contains($0.utf8.count) ? $0 : nil
        }
        guard let level = level(section) else { return nil }
        var result = Credential.User(name: user ?? "", level: level)
        let levelText = "security_level \(level.rawValue)"
        if level == .noAuthNoPriv {
            let keys = Self.userKeys.filter { $0.hasPrefix("auth_") }
            refuse(keys, in: section, because: "is not for \(levelText)")
        } else {
            result.authProtocol = protocolName("auth_protocol", in: section, Self.authProtocols)
            result.authPassphrase = secret("auth_passphrase", in: section, fewest: 8)
        }
        if level == .authPriv {
            result.privacyProtocol = protocolName("privacy_protocol", in: section, Self.privacyProtocols)
            result.privacyPassphrase = secret("privacy_passphrase", in: section, fewest: 8)
        } else {
            let keys = Self.userKeys.filter { $0.hasPrefix("privacy_") }
            refuse(keys, in: section, because: "is not for \(levelText)")
        }
        return result
    }

    /// The level that is written, else the one that the other keys speak for.
    private func level(_ section: YAMLSection) -> Credential.SecurityLevel? {
        let field = section["security_level"]
        guard !field.isPresent else {
            return field.choice(of: Credential.SecurityLevel.allCases.map(\.rawValue))
                .flatMap(Credential.SecurityLevel.init(rawValue:))
        }
        let given = Self.userKeys.filter { section[$0].isPresent }
        if given.contains(where: { $0.hasPrefix("privacy_") }) { return .authPriv }
        return given.contains { $0.hasPrefix("auth_") } ? .authNoPriv : .noAuthNoPriv
    }

    private static let authProtocols = ["MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"]
    private static let privacyProtocols = ["DES", "AES", "AES-192", "AES-256"]

    /// The protocol under `key`, also in the spellings of net-snmp: `SHA256`, `SHA1`, `AES128`, `aes-128`.
    private func protocolName(_ key: String, in section: YAMLSection, _ known: [String]) -> String? {
        func bare(_ name: String) -> String { name.uppercased().filter { $0 != "-" && $0 != "_" } }
        let field = section[key]
        let list = "one of \(known.joined(separator: ", "))"
        guard field.isPresent else {
            field.report("missing; \(list)")
            return nil
        }
        guard let text = field.text() else { return nil }
        let name = ["SHA1": "SHA", "AES128": "AES"][bare(text)] ?? bare(text)
        if let match = known.first(where: { bare($0) == name }) { return match }
        field.report("expected \(list), found \(quoted(text))\(suggestion(for: text, among: known))")
        return nil
    }
}

// MARK: - Secrets

extension CredentialReader {
    /// The secret under `key` or in the file under `key_file`, with at least `fewest` characters.
    private func secret(_ key: String, in section: YAMLSection, fewest: Int) -> Secret? {
        let inline = section[key]
        let file = section[key + "_file"]
        guard !inline.isPresent else {
            inlineSecrets += 1
            if file.isPresent { file.report("\(key) is given too; only one of them can hold") }
            return inline.secret().flatMap { checked($0.exposed, fewest: fewest, for: inline) }
        }
        guard file.isPresent else {
            inline.report("missing; give it here, or the path of a file that holds it as \(key)_file")
            return nil
        }
        return content(of: file).flatMap { checked($0, fewest: fewest, for: file) }
    }

    /// What the file under `field` holds, without the newline that editors put at the end.
    private func content(of field: YAMLField) -> String? {
        guard let path = label(field, longest: 1000).map(base.resolve) else { return nil }
        do throws(FileError) {
            let file = try TextFile(path: path)
            if file.isOpenToOthers { warnings.add(field.problem(openToAll(path))) }
            guard let text = String(validating: file.bytes, as: UTF8.self) else {
                field.report("\(path) is not UTF-8 text")
                return nil
            }
            let end = text.lastIndex { !$0.isNewline }
            return end.map { String(text[...$0]) } ?? ""
        } catch {
            field.report("cannot read \(error)")
            return nil
        }
    }

    private func checked(_ text: String, fewest: Int, for field: YAMLField) -> Secret? {
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            field.report("a secret of one line was expected; this one holds a control character")
            return nil
        }
        guard text.count >= fewest else {
            // RFC 3414, section 11.2, asks for 8; libsnmp refuses less.
            field.report(fewest == 1 ? "is empty" : "too short: at least \(fewest) characters are needed")
            return nil
        }
        return Secret(text)
    }

    private func openToAll(_ path: String) -> String {
        "\(path) holds a passphrase that every user of this machine can read; take that away: chmod o= \(path)"
    }
}
