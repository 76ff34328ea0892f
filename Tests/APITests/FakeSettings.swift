import Storage

/// Settings in memory.
final class FakeSettings: SettingsKeeping {
    var kept = Settings()
    var problem: SettingsError?
    private(set) var changes: [SettingsChange] = []

    func settings() -> Settings { kept }

    func make(_ change: SettingsChange, at revision: Int64?) throws -> (revision: Int64, group: Int64?) {
        if let problem { throw problem }
        if let revision, revision != kept.revision { throw SettingsError.changed(revision: kept.revision) }
        changes.append(change)
        kept.revision += 1
        switch change {
        case .add: return (kept.revision, 7)
        case .replace(let group): return (kept.revision, group.id)
        case .remove(let id): return (kept.revision, id)
        case .say: return (kept.revision, nil)
        }
    }
}
