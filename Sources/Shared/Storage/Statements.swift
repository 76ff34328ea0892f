// All SQL that runs more than once is a case of a list, so that a test can ask SQLite how it would answer each.

import SQLite

/// SQL texts, as the cases of an enumeration beside the code that runs them.
protocol StatementList: CaseIterable, RawRepresentable where RawValue == String {}

extension Connection {
    /// The statement of `text`, prepared at its first use and kept.
    func statement(_ text: some StatementList) throws(SQLiteError) -> Statement {
        try statement(text.rawValue)
    }
}

/// Every SQL text of the product, for the test of how they are answered.
package enum StatementCatalog {
    /// Name and text of each that the settings are asked.
    package static var settings: [(name: String, sql: String)] { entries(SettingsSQL.self) }

    /// Name and text of each that the history is asked.
    package static var all: [(name: String, sql: String)] {
        [
            entries(AgentSQL.self),
            entries(ArchiveSQL.self),
            entries(BlockSQL.self),
            entries(BoundSQL.self),
            entries(AccountsSQL.self),
            entries(BulkSQL.self),
            entries(CalendarSQL.self),
            entries(CorrectionSQL.self),
            entries(CounterSQL.self),
            entries(EnvelopeSQL.self),
            entries(EventSQL.self),
            entries(ExplanationSQL.self),
            entries(ExtremesSQL.self),
            entries(FactSQL.self),
            entries(ImportSQL.self),
            entries(InventorySQL.self),
            entries(LatestSQL.self),
            entries(MaintenanceSQL.self),
            entries(MeterStateSQL.self),
            entries(PackingSQL.self),
            entries(OpenAccountSQL.self),
            entries(PartReadingSQL.self),
            entries(CardSQL.self),
            entries(OriginSQL.self),
            entries(PlaceSQL.self),
            entries(PollQuarterSQL.self),
            entries(PollRuleSQL.self),
            entries(PowerSQL.self),
            entries(ReaderSQL.self),
            entries(ReadingSQL.self),
            entries(RetentionSQL.self),
            entries(RecountSQL.self),
            entries(RollupSQL.self),
            entries(RosterSQL.self),
            entries(RunSQL.self),
            entries(SensorSQL.self),
            entries(SetAsideSQL.self),
            entries(SiteSQL.self),
            entries(SumSQL.self),
            entries(DayBlocksSQL.self),
            entries(TakeUpSQL.self),
        ].flatMap { $0 }
    }

    private static func entries<List: StatementList>(_ list: List.Type) -> [(name: String, sql: String)] {
        list.allCases.map { ("\(list).\($0)", $0.rawValue) }
    }
}
