// What the file of kept keys holds, as text and as values.
//
// What it gives away: it is of mode 0600, of the user who reads the passphrases in the configuration, and a copy of it
// means nothing without the machine's boot ID, which is not in the state directory. Each key is under a mask made with
// the boot ID, and so is the digest by which its passphrase is recognised. A plain digest would let a guess at the
// passphrase be tried with one short hash instead of a mebibyte; like this, whoever has a copy can try none, and whoever
// can read the file on the running machine is that user or root, and reads the passphrases themselves. The price is
// that keys are derived once after each boot.

/// Keys under their masks, with what recognises their passphrases.
struct KeptKeys: Equatable {
    /// The first line; files of another form are none.
    private static let heading = "pdu-monitor SNMP keys 1"
    /// The longest key (RFC 7860, SHA-512), and so of the mask.
    private static let longestKey = 64

    /// Made up with the file, so that no two files have the same masks.
    let salt: [UInt8]
    /// Tells whether a file was made since the machine was started.
    private let bootMark: [UInt8]
    /// The keys under their masks, by the marks of their passphrases.
    private(set) var masked: [[UInt8]: [UInt8]] = [:]

    /// No keys, of the time since the boot called `bootID`; nil where there are no digests.
    init?(bootID: [UInt8], salt: [UInt8] = (0..<32).map { _ in UInt8.random(in: .min ... .max) }) {
        guard let mark = Self.bootMark(bootID, salt) else { return nil }
        self.salt = salt
        bootMark = mark
    }

    /// The keys in `text`; nil when that is damaged, or something else.
    init?(_ text: [UInt8]) {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        }
        guard lines.count >= 4, lines.last == [],
            lines[0] == Self.heading.split(separator: " ").map(String.init),
            let sum = lines[lines.count - 2].bytes(after: "sum", count: 1)?.first,
            let made = lines[1].bytes(after: "made", count: 2)
        else { return nil }
        let sumLine = lines[lines.count - 2].joined(separator: " ").utf8.count + 1
        guard LibraryDigest.digest(Array(text.dropLast(sumLine)), by: .sha256) == sum else { return nil }
        salt = made[0]
        bootMark = made[1]
        for line in lines[2..<(lines.count - 2)] {
            guard let key = line.bytes(after: "key", count: 2), key[1].count <= Self.longestKey else {
                return nil
            }
            masked[key[0]] = key[1]
        }
    }

    /// The keys as text; nil where there are no digests.
    var text: [UInt8]? {
        var lines = [Self.heading, "made \(salt.hexadecimal) \(bootMark.hexadecimal)"]
        lines += masked.map { "key \($0.hexadecimal) \($1.hexadecimal)" }.sorted()
        let body = Array(lines.map { $0 + "\n" }.joined().utf8)
        return LibraryDigest.digest(body, by: .sha256).map { body + Array("sum \($0.hexadecimal)\n".utf8) }
    }

    /// Whether they were kept since the boot called `bootID`.
    func isOf(_ bootID: [UInt8]) -> Bool {
        Self.bootMark(bootID, salt) == bootMark
    }

    /// What recognises `passphrase`, of which a key is made with `hash`; nil where there are no digests.
    func mark(of passphrase: String, hash: SNMPUser.Authentication, bootID: [UInt8]) -> [UInt8]? {
        let parts = [bootID, salt, Array("mark \(hash.rawValue) ".utf8), Array(passphrase.utf8)]
        return LibraryDigest.digest(parts, by: .sha256)
    }

    /// The key whose passphrase has `mark`; nil when it is not among them.
    func key(marked mark: [UInt8], bootID: [UInt8]) -> [UInt8]? {
        guard let key = masked[mark], let mask = mask(of: mark, bootID) else { return nil }
        return zip(key, mask).map { $0 ^ $1 }
    }

    /// Adds `key`, whose passphrase has `mark`.
    mutating func keep(_ key: [UInt8], marked mark: [UInt8], bootID: [UInt8]) {
        guard key.count <= Self.longestKey, let mask = mask(of: mark, bootID) else { return }
        masked[mark] = zip(key, mask).map { $0 ^ $1 }
    }

    /// Lets go of all whose marks are not among `marks`.
    mutating func keepOnly(_ marks: Set<[UInt8]>) {
        masked = masked.filter { marks.contains($0.key) }
    }

    /// As many bytes as the longest key has, which no other mark gives.
    private func mask(of mark: [UInt8], _ bootID: [UInt8]) -> [UInt8]? {
        LibraryDigest.digest([bootID, salt, Array("mask ".utf8), mark], by: .sha512)
    }

    private static func bootMark(_ bootID: [UInt8], _ salt: [UInt8]) -> [UInt8]? {
        LibraryDigest.digest([bootID, salt, Array("boot".utf8)], by: .sha256)
    }
}

extension [String] {
    /// The `count` byte strings in hexadecimal behind the word `word`; nil when the line is another.
    fileprivate func bytes(after word: String, count: Int) -> [[UInt8]]? {
        guard self.count == count + 1, first == word else { return nil }
        let bytes = dropFirst().compactMap([UInt8].init(hexadecimal:))
        return bytes.count == count ? bytes : nil
    }
}

extension [UInt8] {
    /// Two digits for each byte.
    fileprivate var hexadecimal: String {
        var text = ""
        for byte in self {
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return text
    }

    /// What two digits for each byte say; nil for anything else.
    fileprivate init?(hexadecimal text: String) {
        guard text.utf8.count.isMultiple(of: 2) else { return nil }
        self = []
        var high: UInt8?
        for digit in text {
            guard digit.isASCII, let value = digit.hexDigitValue else { return nil }
            if let first = high {
                append(first << 4 | UInt8(value))
                high = nil
            } else {
                high = UInt8(value)
            }
        }
    }
}
