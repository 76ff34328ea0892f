// What to write into the configuration for a device.

import Basics
import Metering

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
