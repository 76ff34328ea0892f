// The section `mib_decode`: values read off the MIB's text by whoever collected the recordings.

import Foundation
import Metering

extension ExpectedValue {
    private static let numbers: [String: any KeyPath<ElementReading, Double?> & Sendable] = [
        "power_W": \.watts, "apparent_VA": \.voltAmperes, "power_factor": \.factor,
        "energy_kWh": \.kilowattHours,
        "current_A": \.amperes, "voltage_V": \.volts, "rating_max_A": \.ratedAmperes,
        "gen1_power_W": \.watts, "gen1_power_VA": \.voltAmperes,
    ]

    private static let texts: [String: any KeyPath<DeviceReading, String?> & Sendable] = [
        "name": \.name, "model": \.model, "serial": \.serial, "firmware": \.firmware,
        "energy_since": \.energySince,
    ]

    /// What is known but not read, and why.
    private static let exemptions: [String: String] = [
        "gen1_line_to_line_V": "a setting of the unit, not a measurement",
        "load_state": "load states are not read yet",
        "supply_alarm": "supply alarms are not read yet",
        "peak_power_W": "peaks are not read: the rollups have them",
        "peak_power_time": "peaks are not read: the rollups have them",
        "peak_current_A": "peaks are not read: the rollups have them",
        "near_overload_A": "thresholds are not read yet",
        "overload_A": "thresholds are not read yet",
        "rating_kW": "only ratings in amperes are read",
        "location": "the location set on the device is not read",
        "hardware_rev": "the hardware revision is not read",
        "date_of_manufacture": "the date of manufacture is not read",
        "bank": "which bank an outlet belongs to is not read yet",
    ]

    static func fromMIB(_ values: JSON) -> [ExpectedValue] {
        let identity = fields(values["identity"], of: .wholePDU, "identity")
        let device = fields(values["device"], of: .wholePDU, "device")
        let phases = values["phases"].items.flatMap { row in
            fields(row, of: Element(.phase, Int(row["phase"].number ?? 0)), "phase")
        }
        let banks = values["banks"].items.flatMap { row in
            fields(row, of: Element(.bank, Int(row["bank"].number ?? 0)), "bank")
        }
        let outlets = values["outlets"].items.flatMap(outlet)
        return identity + device + phases + banks + outlets
    }

    private static func fields(_ row: JSON, of element: Element, _ title: String) -> [ExpectedValue] {
        row.members.compactMap { name, value -> ExpectedValue? in
            let source = "mib_decode \(title) \(element.number) \(name)"
            if value.value is NSNull || ["module", "phase"].contains(name) || name == title { return nil }
            if value.text?.hasPrefix("notsupported") == true {
                return ExpectedValue(source: source, kind: .exempt("it stands for absent"))
            }
            if let path = numbers[name], let number = value.number {
                return ExpectedValue(source: source, kind: .number(number, element, path))
            }
            if let path = texts[name], let text = value.text {
                return ExpectedValue(source: source, kind: .text(text, path))
            }
            if let reason = exemptions[name] { return ExpectedValue(source: source, kind: .exempt(reason)) }
            return ExpectedValue(source: source, kind: .unmapped)
        }
    }

    private static func outlet(_ row: JSON) -> [ExpectedValue] {
        let element = Element(.outlet, Int(row["outlet"].number ?? 0))
        let source = "mib_decode outlet \(element.number)"
        let states = ["state", "state_sPDU"].compactMap { key in
            row[key].text.map {
                ExpectedValue(source: "\(source) \(key)", kind: .state($0 == "on" ? .on : .off, element))
            }
        }
        let name = row["name"].text.map { name in
            let state: SwitchState = row["state"].text == "on" ? .on : .off
            return ExpectedValue(source: "\(source) name", kind: .stateOfName(state, name))
        }
        let bank = ExpectedValue(source: "\(source) bank", kind: .exempt(exemptions["bank"] ?? ""))
        return states + [name].compactMap { $0 } + [bank]
    }
}
