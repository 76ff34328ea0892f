package import Storage

/// What exports need that outlast the request: how many there may be, and a history of their own.
package struct Exports: Sendable {
    /// How many are under way.
    let slots: SlowQuestions
    /// Opens a history that nobody else uses.
    let open: @Sendable () -> sending any HistoryQueries

    /// Exports of a responder with `threads` threads, each from a history that `open` opens: as many at once as half of the
    /// threads, so that there are always some for everybody else.
    package init(threads: Int, open: @escaping @Sendable () -> sending any HistoryQueries) {
        slots = SlowQuestions(threads: threads)
        self.open = open
    }
}
