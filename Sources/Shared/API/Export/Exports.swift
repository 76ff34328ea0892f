package import Storage

/// What exports need that outlast the request: how many there may be, and a history of their own.
package struct Exports: Sendable {
    /// How many are under way.
    let slots: SlowQuestions
    /// Where the history is that each reads by itself.
    let source: any HistorySource

    /// Exports of a responder with `threads` threads, each from a history of its own, which `source` opens: as many at once
    /// as half of the threads, so that there are always some for everybody else.
    package init(threads: Int, source: any HistorySource) {
        slots = SlowQuestions(threads: threads)
        self.source = source
    }
}
