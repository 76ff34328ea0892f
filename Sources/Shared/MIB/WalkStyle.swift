// How a walk was printed. The options of snmpwalk change every line alike, so the lines are looked at once before
// they are read.

/// The options of snmpwalk that matter to a reader.
struct WalkStyle: Hashable {
    /// Whether ` = ` stands between object and value; `-Oq` leaves it out.
    var hasEqualsSign = true
    /// Whether values begin with their type; `-Oq` and `-OQ` leave that out.
    var hasTypes = true

    /// The types that net-snmp prints.
    static let types: Set<String> = [
        "INTEGER", "Integer32", "Gauge32", "Counter32", "Counter64", "Unsigned32", "UInteger32", "Timeticks",
        "OID",
        "STRING", "Hex-STRING", "IpAddress", "Network Address", "BITS", "Opaque", "OPAQUE",
    ]

    /// The usual style: `snmpwalk -On`.
    init() {}

    /// The style of `lines`: what most of the first objects look like, since a text may hold anything, and some values
    /// have no type in any style.
    init(of lines: RecordingLines) {
        var quick = WalkStyle()
        quick.hasEqualsSign = false
        var typed = 0
        var untyped = 0
        for line in lines {
            if let (_, value) = object(line.bytes) {
                if Self.saysNothing(value.trimmed) { continue }
                if Self.looksTyped(WalkText.withoutWrongType(value)) { typed += 1 } else { untyped += 1 }
                if typed + untyped == 200 { break }
            } else if typed + untyped == 0, quick.object(line.bytes) != nil {
                quick.hasTypes = false
                self = quick
                return
            }
        }
        hasTypes = typed >= untyped
    }

    /// Whether `value` looks alike in every style.
    private static func saysNothing(_ value: ArraySlice<UInt8>) -> Bool {
        value.isEmpty || value.elementsEqual("\"\"".utf8) || WalkText.sentence(value) != nil
    }

    /// Whether `value` begins with a type, known or not, as no number or text in quotes does.
    private static func looksTyped(_ value: ArraySlice<UInt8>) -> Bool {
        guard let colon = value.prefix(20).firstIndex(of: UInt8(ascii: ":")), colon > value.startIndex else {
            return false
        }
        return value[..<colon].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: " "): true
            default: false
            }
        } && value[colon...].dropFirst().first?.isBlank != false
    }

    /// The type that `value` begins with, and what follows its colon; nil when it begins with none.
    static func type(of value: ArraySlice<UInt8>) -> (name: String, rest: ArraySlice<UInt8>)? {
        guard let colon = value.prefix(20).firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = value[..<colon].text
        return types.contains(name) ? (name, value[(colon + 1)...]) : nil
    }

    /// The object identifier that `line` begins with, and its value; nil when it does not begin so.
    func object(_ line: ArraySlice<UInt8>) -> (ObjectIdentifier, ArraySlice<UInt8>)? {
        guard let blank = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let name = line[..<blank]
        guard let first = name.first, hasEqualsSign || first == UInt8(ascii: ".") || name.after("iso.") != nil
        else {
            return nil
        }
        var rest = line[blank...].dropFirst()
        if hasEqualsSign {
            guard let value = line[blank...].after(" ="), value.isEmpty || value.first?.isBlank == true else {
                return nil
            }
            rest = value.dropFirst()
        }
        guard let identifier = WalkText.identifier(name), identifier.components.count > 1 else { return nil }
        return (identifier, rest)
    }
}
