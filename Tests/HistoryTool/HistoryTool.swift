// A program of the tests: what must happen in another process, to be killed, or as another user.
//
//   history-tool write PATH FIRST COUNT    stores a run a minute from the time FIRST on, and says each when it is stored
//   history-tool read PATH                 says the newest minute that a reader finds

import Basics
import Energy
import Glibc
import Metering
import Storage

/// Does what the arguments say; exits with 1 and says why when that fails.
func runHistoryTool() {
    do {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.count) {
        case ("write", 5):
            guard let first = Int64(arguments[3]), let count = Int64(arguments[4]) else { exit(2) }
            try write(to: arguments[2], from: UnixTime(first), count: count)
        case ("read", 3):
            let reader = HistoryReader(path: arguments[2], zone: "Europe/London")
            writeToStandardOutput("\(try reader.newestRun()?.minute.seconds ?? 0)\n")
        default:
            exit(2)
        }
    } catch {
        writeToStandardError("\(error)\n")
        exit(1)
    }
}

private func write(to path: String, from first: UnixTime, count: Int64) throws {
    let rules = try ZoneRules(tzif: try SystemZone.rules(of: "Europe/London"))
    let calendar = SiteCalendar(zone: "Europe/London", rules: rules)
    for index in 0..<count {
        let minute = first + index * 60
        // Opened and closed each time, as the poller does, so that a kill may fall into either.
        let writer = try HistoryWriter(path, calendar: calendar, now: minute)
        _ = try writer.store(run(at: minute), policy: LedgerPolicy(maximumGap: 180))
        try writer.close()
        writeToStandardOutput("\(minute.seconds)\n")
    }
}

/// A run whose readings follow from its minute alone.
private func run(at minute: UnixTime) -> PollRun {
    let number = minute.seconds / 60
    let pdus = (1...3).map { pdu -> PolledPDU in
        var whole = ElementReading(.wholePDU)
        whole.activePower = FixedPoint(Int(number * 7919 * Int64(pdu) % 3000))
        whole.energy = FixedPoint(Int((number - 29_000_000) * 25 / 100 * 100))
        whole.energyResolution = FixedPoint(100)
        let outlets = (1...8).map { outlet -> ElementReading in
            var reading = ElementReading(Element(.outlet, outlet))
            reading.activePower = FixedPoint(Int(number * 31 * Int64(outlet) % 400))
            return reading
        }
        return PolledPDU(
            key: "pdu\(pdu)",
            name: "PDU \(pdu)",
            address: "192.0.2.\(pdu)",
            outcome: .read(
                DeviceReading(
                    profile: "test",
                    identity: DeviceIdentity(),
                    elements: [whole] + outlets,
                    sensors: []
                )
            ),
            latencyMilliseconds: 10,
            engine: nil
        )
    }
    return PollRun(
        minute: minute,
        startedAt: minute + 1,
        durationMilliseconds: 100,
        interval: 60,
        pdus: pdus,
        isComplete: true
    )
}
