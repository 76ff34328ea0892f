// --walk: what the dialogue of the network would have made of a recorded agent.

import Basics
import Collection
import Devices
import MIB
import Metering

/// Prints what the recording in `file` would be stored as, and says what became of it.
///
/// `profiles` is the directory with the operator's own profiles.
func decodeWalk(_ file: String, profiles: String, json: Bool, log: Log) throws -> ExitStatus {
    let started = SystemClock.monotonicMilliseconds()
    let startedAt = SystemClock.now()
    let catalog = try ProfileCatalog.builtIn().adding(directory: profiles)
    let recording = try RecordedWalk(parsing: try readFile(file, limit: 256 << 20), file: file)
    let outcome: PollOutcome =
        switch decode(recording: recording, catalog: catalog) {
        case .success(let reading): .read(reading)
        case .failure(let error): .failed(error.reason, error.description)
        }
    if json {
        let duration = SystemClock.monotonicMilliseconds() - started
        writeToStandardOutput(
            runJSON(startedAt: startedAt, durationMilliseconds: duration) { json in
                json.object { json in
                    json.member("name", file)
                    json.member("address") { $0.null() }
                    json.outcome(outcome, latencyMilliseconds: nil)
                }
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
