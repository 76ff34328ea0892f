import Basics
import Collection
import Metering

/// What a run found, for people and for programs.
struct RunReport {
    let startedAt: UnixTime
    let durationMilliseconds: Int64
    let pdus: [CollectedPDU]
    /// The exit status of what went wrong with the database: the readings were kept in the spool, are lost, or are in a
    /// new database since the former one was damaged; nil when they are stored, or wait for their turn.
    var trouble: ExitStatus?

    /// PDUs that could not be read.
    var failedCount: Int {
        pdus.count { pdu in
            if case .failed = pdu.outcome { true } else { false }
        }
    }

    /// Readings of elements.
    var readingCount: Int {
        pdus.reduce(0) { count, pdu in
            guard case .read(let reading) = pdu.outcome else { return count }
            return count + reading.elements.count
                + reading.linkedUnits.reduce(0) { $0 + $1.reading.elements.count }
        }
    }

    /// The object of `--json`, with a newline at its end.
    ///
    /// With `oids`, each value says which objects it came from.
    func json(oids: Bool) -> String {
        runJSON(startedAt: startedAt, durationMilliseconds: durationMilliseconds) { json in
            for pdu in pdus {
                json.units(
                    of: pdu.outcome,
                    name: pdu.configuration.name,
                    address: pdu.configuration.address,
                    latencyMilliseconds: pdu.latencyMilliseconds,
                    requests: pdu.requests,
                    origins: oids ? pdu.origins : nil
                )
            }
        }
    }
}

/// The object of `--json` around what `body` writes as `pdus`.
func runJSON(
    startedAt: UnixTime,
    durationMilliseconds: Int64,
    _ body: (inout JSONWriter) -> Void
) -> String {
    var json = JSONWriter()
    json.object { json in
        json.member("started", startedAt.iso8601)
        json.member("duration_ms", durationMilliseconds)
        json.member("pdus") { $0.array(body) }
    }
    return json.text + "\n"
}
