// What a device sends, before it means anything: sets of raw values, and numbers in whatever form they come.

import Basics
import MIB

/// A set of raw values: those that mean "not there", "on", "off".
struct RawValues: Hashable, Sendable {
    static let none = RawValues(numbers: [], texts: [])

    let numbers: Set<Int64>
    /// In lower case, without blanks at the ends.
    let texts: Set<String>

    /// Whether `value` is one of them; a number that comes as a text is both.
    func contains(_ value: SNMPValue) -> Bool {
        if !numbers.isEmpty, let number = value.wholeNumber ?? value.rawNumber?.whole,
            numbers.contains(number)
        {
            return true
        }
        return !texts.isEmpty && value.text.map { texts.contains($0.lowercased()) } ?? false
    }

    /// Whether `value` is "not there": one of them, NULL, or a text of which nothing is left.
    func isUnset(_ value: SNMPValue) -> Bool {
        switch value {
        case .null, .absent, .endOfView: true
        case .octets(let bytes): DeviceText.clean(bytes).map { isText($0, bytes: bytes.count) } ?? true
        default: contains(value)
        }
    }

    /// Whether the text that was cleaned of `bytes` bytes is one of them, or a number that is.
    private func isText(_ text: String, bytes: Int) -> Bool {
        if !texts.isEmpty, texts.contains(text.lowercased()) { return true }
        // As in `SNMPValue.decimalText`; few texts begin as a number does.
        guard !numbers.isEmpty, bytes <= 64, let first = text.utf8.first, first < UInt8(ascii: ":") else {
            return false
        }
        var rest = ""
        guard let number = RawNumber(leading: text, rest: &rest), rest.isEmpty, let whole = number.whole
        else {
            return false
        }
        return numbers.contains(whole)
    }
}

/// A decimal number as a device gives it, exactly: 1234 with 2 decimals is 12.34.
struct RawNumber: Hashable, Sendable {
    let mantissa: Int64
    /// How many of the digits stand behind the point.
    let decimals: Int

    /// The whole number that it is; nil when it has a fraction.
    var whole: Int64? { decimals == 0 ? mantissa : nil }

    /// Its whole part.
    var truncated: Int64 { decimals == 0 ? mantissa : mantissa / powerOfTen(decimals) }

    /// The whole number `number`.
    init(_ number: Int64) {
        mantissa = number
        decimals = 0
    }

    /// The number at the beginning of `text`, and what stands behind it without blanks in between; nil when `text`
    /// begins with none, or with one of more than 15 digits.
    init?(leading text: String, rest: inout String) {
        var digits = ""
        var decimals: Int?
        var end = text.startIndex
        for index in text.indices {
            let character = text[index]
            if let digit = character.wholeNumberValue, character.isASCII {
                digits.append(String(digit))
                decimals = decimals.map { $0 + 1 }
            } else if character == ".", decimals == nil, !digits.isEmpty {
                decimals = 0
            } else if index != text.startIndex || (character != "-" && character != "+") {
                break
            }
            end = text.index(after: index)
        }
        guard !digits.isEmpty, digits.count <= 15, let magnitude = Int64(digits) else { return nil }
        mantissa = text.hasPrefix("-") ? -magnitude : magnitude
        self.decimals = decimals ?? 0
        rest = String(text[end...].drop { $0 == " " })
    }
}

extension SNMPValue {
    /// The number that the value is: also a text that is a decimal number and nothing else.
    var rawNumber: RawNumber? {
        if let number = wholeNumber { return RawNumber(number) }
        var rest = ""
        guard let text = decimalText, let number = RawNumber(leading: text, rest: &rest), rest.isEmpty else {
            return nil
        }
        return number
    }

    /// The value as a text that may begin with a number.
    var decimalText: String? {
        guard case .octets(let bytes) = self, bytes.count <= 64 else { return nil }
        return DeviceText.clean(bytes)
    }
}

/// 10 to the power `exponent`, which is 0 to 18.
func powerOfTen(_ exponent: Int) -> Int64 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
}
