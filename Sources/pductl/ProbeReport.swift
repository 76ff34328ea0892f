// What `pductl probe` found out, for people and for programs.

import Basics
import Collection
import Configuration
import Devices
import Metering

/// One device that was looked at.
struct ProbeReport {
    let device: AskedDevice
    let result: CollectedPDU

    /// For people: the readings as a table, what it took, and what to write into the configuration; empty when the
    /// device was not read.
    var text: String {
        guard case .read(let reading) = result.outcome else { return "" }
        let time = result.latencyMilliseconds.map { ", \($0) ms" } ?? ""
        var text = readingTable(reading)
        text += "\nRead with the profile \(reading.profile): \(result.requests) requests\(time)."
        if !otherProfiles.isEmpty {
            text += " It would fit \(otherProfiles.joined(separator: ", ")), too, less well."
        }
        if let configured = device.configured {
            return text + "\nThe configuration has it as \"\(configured.name)\".\n"
        }
        return text + "\n\nFor pdus: in \(device.configuration.path):\n\n\(stanza(of: reading).text)"
    }

    /// For programs: the object of `pdu-poll --json`, and what only a probe tells; with a newline at its end.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("name", device.configured?.name)
            json.member("address", device.text)
            json.outcome(result.outcome, latencyMilliseconds: result.latencyMilliseconds)
            json.member("requests", result.requests)
            guard case .read(let reading) = result.outcome else { return }
            json.member("other_profiles") { $0.array { json in otherProfiles.forEach { json.value($0) } } }
            json.doubts(about: reading)
            json.member("linked_units") { json in
                json.array { json in reading.linkedUnits.forEach { json.linkedUnit($0) } }
            }
            json.member("stanza", device.configured == nil ? stanza(of: reading).text : nil)
        }
        return json.text + "\n"
    }

    /// The profiles that fit less well than the one that was taken, the best first.
    private var otherProfiles: [String] {
        guard case .read(let reading) = result.outcome else { return [] }
        return result.fittingProfiles.filter { $0 != reading.profile }
    }

    private func stanza(of reading: DeviceReading) -> Stanza {
        Stanza(
            reading: reading,
            address: device.text,
            credential: result.configuration.credential,
            taken: Set(device.configuration.pdus.map(\.name))
        )
    }
}

extension JSONWriter {
    fileprivate mutating func linkedUnit(_ unit: LinkedUnit) {
        object { json in
            json.member("unit", unit.number)
            json.outcome(.read(unit.reading), latencyMilliseconds: nil)
            json.doubts(about: unit.reading)
        }
    }

    /// The member `doubts`: what in `reading` does not go together.
    fileprivate mutating func doubts(about reading: DeviceReading) {
        member("doubts") { json in
            json.array { json in
                for doubt in Devices.doubts(about: reading) {
                    json.object { json in
                        switch doubt.subject {
                        case .element(let element):
                            json.member("element", element.kind.rawValue)
                            json.member("number", element.number)
                        case .sensor(let number):
                            json.member("element", "sensor")
                            json.member("number", number)
                        }
                        json.member("sentence", doubt.sentence)
                    }
                }
            }
        }
    }
}
