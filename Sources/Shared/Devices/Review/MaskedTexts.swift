// The texts that a recording must not show, and what they become.

/// Texts to be masked, by what they are.
struct MaskedTexts: Sendable {
    /// A text, and what it is.
    struct Entry: Hashable, Sendable {
        let bytes: [UInt8]
        let subject: RecordingMask.Subject
        /// Whether it is masked within other texts, too: names that are short or common words are not.
        let isLookedFor: Bool
    }

    private(set) var entries: [[UInt8]: Entry] = [:]
    private var spared: Set<String> = []

    /// Never masks these, whatever a device calls itself: they tell what the device is.
    mutating func spare(_ texts: [String?]) {
        spared.formUnion(texts.compactMap { $0?.lowercased() })
    }

    /// Whether `text`, which stands where a `subject` stands, is one.
    func identifies(_ text: String, as subject: RecordingMask.Subject) -> Bool {
        if spared.contains(text.lowercased()) { return false }
        return subject == .serialNumber
            ? text.contains(where: \.isNumber) : !Self.isCommon(text) || Int(text) ?? 0 > 99
    }

    /// Masks `text`, unless it is too common to identify anything.
    mutating func add(_ text: String?, _ subject: RecordingMask.Subject) {
        guard let text, !spared.contains(text.lowercased()) else { return }
        let bytes = Array(text.utf8)
        guard entries[bytes] == nil, bytes.contains(where: { $0.isAlphanumeric || $0 >= 0x80 }) else {
            return
        }
        var isLookedFor = bytes.count >= 5
        switch subject {
        // An unset serial number is a word or a 0.
        case .serialNumber: guard bytes.count >= 4, bytes.contains(where: \.isDigit) else { return }
        case .name, .systemText:
            if Self.isCommon(text) {
                // As sysName it is masked by its place.
                if subject == .name { return }
                isLookedFor = false
            }
        case .macAddress, .ipAddress, .secret: break
        }
        // A number could be a measurement just as well.
        if subject != .serialNumber, subject != .secret, !bytes.contains(where: { $0.isLetter || $0 >= 0x80 })
        {
            return
        }
        entries[bytes] = Entry(bytes: bytes, subject: subject, isLookedFor: isLookedFor)
    }

    /// Those that are looked for within other texts, the longest first.
    var lookedFor: [Entry] {
        entries.values.filter(\.isLookedFor).sorted { left, right in
            left.bytes.count == right.bytes.count
                ? left.bytes.lexicographicallyPrecedes(right.bytes) : left.bytes.count > right.bytes.count
        }
    }

    /// Words that devices themselves put into names, such as `Outlet 7`, `Phase L1`, `Temp. Sensor`.
    private static let commonWords: Set<String> = [
        "outlet", "outlets", "phase", "bank", "line", "branch", "inlet", "infeed", "input", "circuit",
        "breaker",
        "group", "section", "receptacle", "socket", "port", "pdu", "rpdu", "epdu", "master", "link", "unit",
        "sensor",
        "temp", "temperature", "humidity", "probe", "total", "cord", "tower", "power", "rack", "device",
        "external",
        "internal", "name", "unknown", "none", "not", "set", "na", "on", "off", "neutral", "feed", "load",
        "output",
        "channel", "relay", "ct", "cb", "ocp", "notemp", "th", "fuse", "module", "system",
    ]

    /// Whether every word of `text` is common, a number, or a letter or two.
    private static func isCommon(_ text: String) -> Bool {
        text.lowercased().split { !($0.isLetter || $0.isNumber) }.allSatisfy { word in
            let letters = word.drop(while: \.isNumber).prefix(while: \.isLetter)
            let rest = word.drop(while: \.isNumber).dropFirst(letters.count)
            return rest.allSatisfy(\.isNumber)
                && (letters.count <= 2 || commonWords.contains(String(letters)))
        }
    }
}

extension UInt8 {
    /// 0 to 9.
    var isDigit: Bool { (0x30...0x39).contains(self) }

    /// A to Z, a to z.
    var isLetter: Bool { (0x41...0x5A).contains(self & 0xDF) }

    /// A letter or a digit of ASCII.
    var isAlphanumeric: Bool { isDigit || isLetter }

    /// 0 to 9, A to F, a to f.
    var isHexadecimal: Bool { isDigit || (0x41...0x46).contains(self & 0xDF) }
}
