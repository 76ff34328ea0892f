extension Connection {
    /// How a transaction begins.
    package enum TransactionKind: String, Sendable {
        /// Takes the write lock at once.
        ///
        /// For everything that will write: a transaction that reads first and then writes fails with
        /// SQLITE_BUSY_SNAPSHOT, whatever the busy timeout, when another has written in between.
        case immediate = "BEGIN IMMEDIATE"
        /// Reads one state of the database.
        case deferred = "BEGIN"
    }

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    package func transaction<Answer>(
        _ kind: TransactionKind,
        _ body: () throws -> Answer
    ) throws -> Answer {
        try statement(kind.rawValue).run()
        do {
            let answer = try body()
            try statement("COMMIT").run()
            return answer
        } catch {
            // SQLite has rolled back by itself after some errors (full, I/O, corrupt); a ROLLBACK that fails
            // has nothing to add to the error that led here.
            if isInTransaction { try? statement("ROLLBACK").run() }
            throw error
        }
    }
}
