// --walk: what the dialogue of the network would have made of a recorded agent.

import Basics
import Collection
import Devices
import MIB
import Metering

/// Prints what the recording in `file` would be stored as, and says what became of it.
///
/// `profiles` is the directory with the operator's own profiles.
func decodeWalk(_ file: String, profiles: String, json: Bool, oids: Bool, log: Log) throws -> ExitStatus {
    let started = SystemClock.monotonicMilliseconds()
    let startedAt = SystemClock.now()
    let catalog = try ProfileCatalog.builtIn().adding(directory: profiles)
    let recording = try RecordedWalk(parsing: try readFile(file, limit: 256 << 20), file: file)
    let conversation = decode(recording: recording, catalog: catalog)
    let outcome: PollOutcome =
        switch conversation.result {
        case .success(let reading)?: .read(reading)
        case .failure(let error)?: .failed(error.reason, error.description)
        case nil: .failed(.badResponse, "the dialogue ended without a result")
        }
    if json {
        let duration = SystemClock.monotonicMilliseconds() - started
        writeToStandardOutput(
            runJSON(startedAt: startedAt, durationMilliseconds: duration) { json in
                json.units(
                    of: outcome,
                    name: file,
                    address: nil,
                    latencyMilliseconds: nil,
                    requests: conversation.requestCount,
                    origins: oids ? conversation.origins : nil
                )
            }
        )
    }
    switch outcome {
    case .read(let reading):
        if !json { writeToStandardOutput(readingTable(reading)) }
        return .success
    case .failed(let reason, let sentence):
        log.warning("\(file): \(reason.rawValue): \(sentence)")
        return .someFailed
    }
}
