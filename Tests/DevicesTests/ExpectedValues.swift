// What third parties make of a recording (`NAME.expected.json`), as a list of single values, each with the place in a
// reading where it should be found again.

import Foundation
import Metering

/// One value that someone else decoded.
struct ExpectedValue {
    /// What is compared.
    enum Kind {
        case number(Double, Element, KeyPath<ElementReading, Double?>)
        case state(SwitchState, Element)
        case stateOfName(SwitchState, String)
        case text(String, KeyPath<DeviceReading, String?>)
        /// Nothing of ours: with the reason.
        case exempt(String)
        /// Something that this list does not know yet: it never agrees, so that nothing is passed over.
        case unmapped
    }

    /// Who says so and what, for messages.
    let source: String
    let kind: Kind

    /// What is wrong with `reading` in this respect; nil when it agrees.
    func disagreement(with reading: DeviceReading) -> String? {
        func element(_ element: Element) -> ElementReading? {
            reading.elements.first { $0.element == element }
        }
        switch kind {
        case .number(let expected, let place, let path):
            let ours = element(place)?[keyPath: path]
            return ours.map { abs($0 - expected) < 0.0005 } == true
                ? nil : "expected \(expected), is \(shown(ours))"
        case .state(let expected, let place):
            let ours = element(place)?.state
            return ours == expected ? nil : "expected \(expected), is \(shown(ours))"
        case .stateOfName(let expected, let name):
            let ours = reading.elements.filter { $0.element.kind == .outlet && $0.name == name }.map(\.state)
            return ours == [expected] ? nil : "expected \(expected), is \(ours)"
        case .text(let expected, let path):
            let ours = reading[keyPath: path]
            return ours == expected ? nil : "expected \(expected), is \(shown(ours))"
        case .exempt: return nil
        case .unmapped: return "not compared with anything: say with what, or why not"
        }
    }

    private func shown(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "absent" }
}

extension ElementReading {
    var watts: Double? { activePower?.doubleValue }
    var voltAmperes: Double? { apparentPower?.doubleValue }
    var amperes: Double? { current?.doubleValue }
    var volts: Double? { voltage?.doubleValue }
    var factor: Double? { powerFactor?.doubleValue }
    var kilowattHours: Double? { energy.map { $0.doubleValue / 1000 } }
    var ratedAmperes: Double? { ratedCurrent?.doubleValue }
}

extension DeviceReading {
    var model: String? { identity.model }
    var serial: String? { identity.serial }
    var firmware: String? { identity.firmware }
    var name: String? { identity.name }
    var energySince: String? { elements.first?.energySince }
    var outletCount: String? { String(elements.filter { $0.element.kind == .outlet }.count) }
}

/// A JSON value, walked without ceremony.
struct JSON {
    let value: Any?

    subscript(key: String) -> JSON { JSON(value: (value as? [String: Any])?[key]) }
    var items: [JSON] { (value as? [Any] ?? []).map { JSON(value: $0) } }
    var members: [(key: String, value: JSON)] {
        (value as? [String: Any] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, JSON(value: $0.value)) }
    }
    var text: String? { value as? String }
    var number: Double? { (value as? NSNumber)?.doubleValue ?? text.flatMap(Double.init) }
}

extension ExpectedValue {
    /// Every value that `file` expects.
    static func all(in file: JSON) -> [ExpectedValue] {
        fromLibreNMS(file["librenms"]) + fromCentreon(file["centreon_run"]) + fromNUT(file["nut"])
            + fromMIB(file["mib_decode"]["values"])
    }

    /// The number behind the last word or letter of a text, such as 2 in `Phase 2` or `mod1phase2`.
    private static func trailingNumber(_ text: String) -> Int? {
        Int(String(text.reversed().prefix { $0.isNumber }.reversed()))
    }

    private static func element(_ words: String) -> Element? {
        let text = words.lowercased()
        let number = trailingNumber(text)
        if text.contains("phase") { return number.map { Element(.phase, $0) } }
        if text.contains("bank") { return number.map { Element(.bank, $0) } }
        return .wholePDU
    }

    private static func state(_ word: String?) -> SwitchState {
        switch word {
        case "outletOn", "on": .on
        case "outletOff", "off": .off
        default: .unknown
        }
    }

    private static func fromLibreNMS(_ section: JSON) -> [ExpectedValue] {
        section["sensors"].items.map { sensor in
            let oid = sensor["oid"].text ?? ""
            let words = sensor["descr"].text ?? ""
            let source = "librenms \(sensor["class"].text ?? "") \"\(words)\" \(oid)"
            let place = element(words) ?? .wholePDU
            func number(_ path: KeyPath<ElementReading, Double?>) -> ExpectedValue {
                guard let value = sensor["value"].number else {
                    return ExpectedValue(source: source, kind: .exempt("it has no number"))
                }
                return ExpectedValue(source: source, kind: .number(value, place, path))
            }
            switch sensor["class"].text {
            case "current": return number(\.amperes)
            case "power": return number(\.watts)
            case "power_consumed":
                return ExpectedValue(
                    source: source,
                    kind: .number(sensor["value"].number ?? -1, .wholePDU, \.kilowattHours)
                )
            case "voltage" where oid.hasSuffix("318.1.1.12.1.15.0"):
                return ExpectedValue(
                    source: source,
                    kind: .exempt("a setting of the unit, not a measurement")
                )
            case "voltage": return number(\.volts)
            case "state" where oid.contains("318.1.1.4.4.2.1.3."):
                let kind = Kind.state(state(sensor["label"].text), Element(.outlet, trailingNumber(oid) ?? 0))
                return ExpectedValue(source: source, kind: kind)
            case "state":
                return ExpectedValue(source: source, kind: .exempt("load and supply alarms are not read yet"))
            default:
                return ExpectedValue(source: source, kind: .unmapped)
            }
        }
    }

    private static func fromCentreon(_ section: JSON) -> [ExpectedValue] {
        section["modes"].items.flatMap { mode in
            let isWrong = mode["warning"].text?.hasPrefix("WRONG") == true
            let numbers = mode["perfdata"].items.map { item -> ExpectedValue in
                let name = item["name"].text ?? ""
                let value = item["value"].number ?? -1
                let source = "centreon \(name)"
                if isWrong, value < 0 {
                    return ExpectedValue(
                        source: source,
                        kind: .exempt("it turned -1, which is absent, into \(value)")
                    )
                }
                let parts = name.split(separator: "#")
                switch name.split(separator: "#").last {
                case "device.power.watt":
                    return ExpectedValue(source: source, kind: .number(value, .wholePDU, \.watts))
                case "phase.power.watt":
                    let place = element(String(parts[0])) ?? .wholePDU
                    return ExpectedValue(source: source, kind: .number(value, place, \.watts))
                case "phase.current.ampere", "bank.current.ampere":
                    let place = element(String(parts[0])) ?? .wholePDU
                    return ExpectedValue(source: source, kind: .number(value, place, \.amperes))
                case "count_psu":
                    return ExpectedValue(source: source, kind: .exempt("power supplies are not read"))
                default:
                    return ExpectedValue(source: source, kind: .unmapped)
                }
            }
            return numbers + outletStates(mode)
        }
    }

    /// `Outlet 'NAME bank 1' status : 'off' [phase: …]`, a line for each outlet.
    private static func outletStates(_ mode: JSON) -> [ExpectedValue] {
        guard mode["mode"].text == "outlet" else { return [] }
        let pattern = /Outlet '(.*) bank \d+' status : '(\w+)'/
        return (mode["verbose"].text ?? "").matches(of: pattern).map { match in
            let kind = Kind.stateOfName(state(String(match.output.2)), String(match.output.1))
            return ExpectedValue(source: "centreon outlet \(match.output.1)", kind: kind)
        }
    }

    private static func fromNUT(_ section: JSON) -> [ExpectedValue] {
        section["variables"].members.compactMap { name, value -> ExpectedValue? in
            let source = "nut \(name)"
            let parts = name.split(separator: ".")
            switch name {
            case "input.current":
                return ExpectedValue(source: source, kind: .number(value.number ?? -1, .wholePDU, \.amperes))
            case "input.realpower":
                return ExpectedValue(source: source, kind: .number(value.number ?? -1, .wholePDU, \.watts))
            case "device.model": return ExpectedValue(source: source, kind: .text(value.text ?? "", \.model))
            case "device.serial":
                return ExpectedValue(source: source, kind: .text(value.text ?? "", \.serial))
            case "outlet.count":
                return ExpectedValue(source: source, kind: .text(value.text ?? "", \.outletCount))
            case _ where parts.count == 3 && parts[0] == "outlet" && parts[2] == "status":
                let place = Element(.outlet, Int(parts[1]) ?? 0)
                return ExpectedValue(source: source, kind: .state(state(value.text), place))
            case _ where name.hasSuffix(".desc"):
                return ExpectedValue(
                    source: source,
                    kind: .exempt("a placeholder name, not recorded (its caveat)")
                )
            case _ where name.contains("power") || name.contains("current") || name.contains("voltage"):
                return ExpectedValue(source: source, kind: .unmapped)
            default: return nil  // Contact, driver version and the like.
            }
        }
    }
}
