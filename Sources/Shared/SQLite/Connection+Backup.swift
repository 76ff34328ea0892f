internal import CSQLite

extension Connection {
    /// Replaces the whole content of this database by that of `source`, in one transaction: readers see the old
    /// content until it is complete, and then the new.
    ///
    /// Both databases must have pages of one size where this one is in WAL mode.
    package func replaceContent(from source: Connection) throws(SQLiteError) {
        let target = try open()
        guard let backup = sqlite3_backup_init(target, "main", try source.open(), "main") else {
            throw Connection.lastError(of: target, code: SQLITE_ERROR, context: location.filename)
        }
        let stepped = sqlite3_backup_step(backup, -1)
        let finished = sqlite3_backup_finish(backup)
        guard stepped == SQLITE_DONE else {
            throw Connection.lastError(of: target, code: stepped, context: location.filename)
        }
        guard finished == SQLITE_OK else {
            throw Connection.lastError(of: target, code: finished, context: location.filename)
        }
    }
}
