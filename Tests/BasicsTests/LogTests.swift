import Basics
import Synchronization
import Testing

@Suite("The log")
struct LogTests {
    @Test("writes one line per event, at or above its threshold")
    func lines() {
        let written = Written()
        let log = Log(program: "pdu-poll", threshold: .info) { written.append($0) }

        log.debug("not this")
        log.warning("two\nlines")

        #expect(written.lines.count == 1)
        #expect(written.lines.first?.hasSuffix("pdu-poll: two; lines\n") == true)
    }
}

private final class Written: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func append(_ line: String) { state.withLock { $0.append(line) } }
}
