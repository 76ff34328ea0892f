// What a PDU says of itself and its elements beside measurements, as bytes: most PDUs say in every run what they said in
// the one before, and a comparison of bytes tells so without looking at rows of elements.

import Basics
import Energy
import Metering
import SQLite

enum CardSQL: String, StatementList {
    case save = """
        INSERT INTO pdu_card (pdu_id, card) VALUES ($1, $2) ON CONFLICT (pdu_id) DO UPDATE SET card = excluded.card
        """
    case delete = "DELETE FROM pdu_card WHERE pdu_id = $1"
}

/// What was known of a PDU after it was last read.
struct PDUCard {
    /// Of the form; another one is no card.
    private static let version: UInt64 = 1

    /// Its elements' ids, in the order in which the device names them.
    let elements: [Int64]
    /// The serial number of the unit that it is; nil as long as none was said.
    let unit: String?

    /// The card in `bytes`, if the PDU still says what it said then, which is `said`; nil otherwise.
    init?(_ bytes: [UInt8], saying said: [UInt8]) {
        var reader = ByteReader(bytes)
        do {
            guard try reader.unsigned() == PDUCard.version, try reader.slice() == said[...] else {
                return nil
            }
            unit = try reader.flag() ? try reader.text() : nil
            var elements: [Int64] = []
            var last: Int64 = 0
            for _ in 0..<(try reader.count()) {
                last = last &+ (try reader.signed())
                elements.append(last)
            }
            self.elements = elements
        } catch {
            return nil
        }
    }

    /// A card of these elements and this unit.
    init(elements: [Int64], unit: String?) {
        self.elements = elements
        self.unit = unit
    }

    /// The card as bytes, of a PDU that says `said`.
    func bytes(saying said: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(PDUCard.version)
        writer.put(said)
        writer.put(unit != nil)
        if let unit { writer.put(unit) }
        writer.put(UInt64(elements.count))
        var last: Int64 = 0
        for element in elements {
            writer.put(element &- last)
            last = element
        }
        return writer.bytes
    }

    /// Puts into `writer`, in place of what it has, what a PDU of this name and address says with `reading`, beside
    /// measurements.
    static func say(
        name: String,
        address: String,
        _ reading: DeviceReading,
        _ limits: CircuitLimits,
        _ writer: inout ByteWriter
    ) {
        writer.clear()
        writer.put(name)
        writer.put(address)
        writer.put(reading.profile)
        let identity = reading.identity
        for text in [
            identity.vendor, identity.model, identity.serial, identity.firmware, identity.name,
        ] {
            writer.put(text != nil)
            if let text { writer.put(text) }
        }
        writer.put(UInt64(reading.elements.count))
        for element in reading.elements { say(element, limits.powerLimit(of: element), &writer) }
    }

    private static func say(_ reading: ElementReading, _ limit: FixedPoint, _ writer: inout ByteWriter) {
        let kind: UInt64 =
            switch reading.element.kind {
            case .pdu: 0
            case .phase: 1
            case .bank: 2
            case .outlet: 3
            }
        let state: UInt64 =
            switch reading.state {
            case nil: 0
            case .on: 1
            case .off: 2
            case .unknown: 3
            }
        var marks = kind | state << 2
        if reading.powerIsEstimate { marks |= 1 << 4 }
        if reading.name != nil { marks |= 1 << 5 }
        if reading.energySince != nil { marks |= 1 << 6 }
        if reading.bank != nil { marks |= 1 << 7 }
        if reading.phase != nil { marks |= 1 << 8 }
        if reading.ratedCurrent != nil { marks |= 1 << 9 }
        if reading.energyResolution != nil { marks |= 1 << 10 }
        if reading.energyMaximum != nil { marks |= 1 << 11 }
        if reading.ratedPower != nil { marks |= 1 << 12 }
        if reading.warningCurrent != nil { marks |= 1 << 13 }
        if reading.criticalCurrent != nil { marks |= 1 << 14 }
        writer.put(marks)
        writer.put(Int64(reading.element.number))
        writer.put(quantity: limit)
        if let name = reading.name { writer.put(name) }
        if let since = reading.energySince { writer.put(since) }
        if let bank = reading.bank { writer.put(Int64(bank)) }
        if let phase = reading.phase { writer.put(Int64(phase)) }
        if let rated = reading.ratedCurrent { writer.put(quantity: rated) }
        if let resolution = reading.energyResolution { writer.put(quantity: resolution) }
        if let maximum = reading.energyMaximum { writer.put(quantity: maximum) }
        if let rated = reading.ratedPower { writer.put(quantity: rated) }
        if let warning = reading.warningCurrent { writer.put(quantity: warning) }
        if let critical = reading.criticalCurrent { writer.put(quantity: critical) }
    }
}
