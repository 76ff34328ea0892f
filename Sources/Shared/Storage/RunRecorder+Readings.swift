// What was measured of a PDU in a run, on the way into the database and into the accounts.

import Basics
import Energy
import Metering
import SQLite

extension RunRecorder {
    /// Records what was measured of the elements of the PDU `entry`, of which `known` is known.
    mutating func record(
        _ reading: DeviceReading,
        _ limits: CircuitLimits,
        of entry: Roster.Entry,
        _ known: PDUCard,
        at minute: UnixTime,
        _ policy: LedgerPolicy
    ) throws {
        let account = try accounts.account(of: entry.id)
        var parts: [StoredReading] = []
        parts.reserveCapacity(known.elements.count)
        for (index, element) in reading.elements.enumerated() {
            let id = known.elements[index]
            let place = account.place(of: id, near: index)
            if let last = account.lastTime(at: place), last >= minute {
                stored.ignored += 1
                continue
            }
            guard element.isMeasured || element.element.kind == .pdu else { continue }
            let measured = StoredReading(element, of: id, at: minute)
            if id < Roster.firstPart { try insert(measured) } else { parts.append(measured) }
            let sample = MeterSample(
                at: minute,
                power: element.activePower,
                counter: element.energy,
                counterResolution: element.energyResolution,
                counterSince: element.energySince,
                counterMaximum: element.energyMaximum,
                powerLimit: limits.powerLimit(of: element),
                unit: known.unit
            )
            for remark in try accounts.enter(sample, of: id, at: place, in: account, policy: policy) {
                try Happening(remark, pdu: entry.id, element: id)?.note(at: minute, in: database)
            }
            stored.readings += 1
        }
        try insert(parts, of: entry.id, at: minute)
    }

    private func insert(_ reading: StoredReading) throws {
        try insertReading.run(
            .time(reading.time),
            .int(reading.element),
            .thousandths(reading.power),
            .thousandths(reading.energy),
            .thousandths(reading.current),
            .thousandths(reading.voltage),
            .thousandths(reading.apparentPower),
            .thousandths(reading.powerFactor)
        )
    }

    /// Stores `parts` of `pdu`, beside those of a former run of the same minute.
    private mutating func insert(_ parts: [StoredReading], of pdu: Int64, at minute: UnixTime) throws {
        guard !parts.isEmpty else { return }
        var parts = parts
        if isSecond { parts += try PartReadings.all(of: pdu, at: minute, in: database) }
        let isOrdered = zip(parts, parts.dropFirst()).allSatisfy { $0.element < $1.element }
        if !isOrdered { parts.sort { $0.element < $1.element } }
        PartReadings.encode(parts, &packed)
        try insertParts.run(.time(minute), .int(pdu), .blob(packed.bytes))
    }

    func record(_ reading: SensorReading, on pdu: Int64, at minute: UnixTime) throws {
        guard let id = try roster.id(of: reading, on: pdu) else { return }
        try database.statement(RunSQL.insertSensorReading).run(
            .time(minute),
            .int(id),
            .thousandths(reading.temperature),
            .thousandths(reading.humidity)
        )
    }
}

extension StoredReading {
    /// What was measured of the element `id` at `time`.
    fileprivate init(_ reading: ElementReading, of id: Int64, at time: UnixTime) {
        self.init(
            time: time,
            element: id,
            power: reading.activePower,
            energy: reading.energy,
            current: reading.current,
            voltage: reading.voltage,
            apparentPower: reading.apparentPower,
            powerFactor: reading.powerFactor
        )
    }
}

extension ElementReading {
    /// Whether anything was measured, beside what the device says of the element.
    fileprivate var isMeasured: Bool {
        activePower != nil || energy != nil || current != nil || voltage != nil || apparentPower != nil
            || powerFactor != nil
    }
}
