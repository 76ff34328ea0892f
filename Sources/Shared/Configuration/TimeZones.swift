// Time zones as the system has them: files of /usr/share/zoneinfo. glibc takes UTC for a name that it does not know
// and prints the made-up name, so a name is only good when its file is there.

import Basics
import Glibc

/// The time zones that are installed.
struct TimeZones {
    /// Where the zone files are, without a slash at the end.
    var directory = "/usr/share/zoneinfo"

    /// Whether `name` can be used: it has the form of a zone name, and its file is there.
    ///
    /// `UTC` needs no file. `right/…`, whose clocks count leap seconds, is not for clocks set by NTP.
    func contains(_ name: String) -> Bool {
        if name == "UTC" { return true }
        guard Self.isWellFormed(name), !name.hasPrefix("right/") else { return false }
        let descriptor = open("\(directory)/\(name)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var magic = [UInt8](repeating: 0, count: 4)
        return read(descriptor, &magic, 4) == 4 && magic == Array("TZif".utf8)  // RFC 8536, section 3.1.
    }

    /// What to say about `name`, which is not there.
    func problem(with name: String) -> String {
        let names = self.names()
        guard !names.isEmpty else { return "\(directory) has no time zones; install tzdata" }
        let hint = nearest(to: name, among: names).map { " (did you mean \"\($0)\"?)" } ?? ""
        return "expected a time zone of \(directory), such as Europe/London, found \"\(name)\"\(hint)"
    }

    /// The system's own zone: what /etc/localtime links to, else what /etc/timezone says, else `UTC`.
    func systemZone(localtime: String = "/etc/localtime", timezone: String = "/etc/timezone") -> String {
        [linkedZone(localtime), writtenZone(timezone)].compactMap { $0 }.first(where: contains) ?? "UTC"
    }

    private static func isWellFormed(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return name.utf8.count <= 100
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy(isNameByte) && part.first != UInt8(ascii: "-")
            }
    }

    /// No dot, so neither `..` nor the tables beside the zones.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"): true
        default: false
        }
    }

    /// By the whole name, or by its last part: for people who write `London`.
    private func nearest(to name: String, among names: [String]) -> String? {
        func lastPart(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }
        let city = lastPart(name).lowercased()
        return names.first { lastPart($0).lowercased() == city && $0.contains("/") }
            ?? nearestName(to: name, among: names)
            ?? nearestName(to: city, among: names.map(lastPart)).flatMap { near in
                names.first { lastPart($0) == near }
            }
    }

    /// The names of all installed zones, sorted.
    private func names() -> [String] {
        var found: [String] = []
        var pending = [""]
        while let folder = pending.popLast() {
            for entry in entries(of: "\(directory)/\(folder)") where Self.isWellFormed(entry) {
                let name = folder + entry
                if contains(name) {
                    found.append(name)
                } else if !["right", "posix"].contains(name) {
                    pending.append(name + "/")
                }
            }
        }
        return found.sorted()
    }

    private func entries(of directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
            )
        }
        return names
    }

    private func linkedZone(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &target, target.count)
        guard count > 0 else { return nil }
        let text = String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.range(after: "/zoneinfo/")
    }

    private func writtenZone(_ path: String) -> String? {
        // Debian 13 has no such file any more: its absence says nothing.
        guard let bytes = try? readFile(path, limit: 4096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }
}

extension String {
    /// What follows `marker`; nil where it does not occur.
    fileprivate func range(after marker: String) -> String? {
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(marker) { return String(rest.dropFirst(marker.count)) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
