import Basics
import Energy
import Testing

/// The calendar of `zone`, from the system's zone files.
func calendar(_ zone: String) throws -> SiteCalendar {
    SiteCalendar(zone: zone, rules: try ZoneRules(tzif: try SystemZone.rules(of: zone)))
}

/// The moment of `text`, such as `2024-03-31T01:00:00Z`.
func time(_ text: String) throws -> UnixTime {
    let numbers = text.split { !$0.isNumber }.compactMap { Int64($0) }
    try #require(numbers.count == 6 && text.hasSuffix("Z"))
    let days = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2]).daysSince1970
    return UnixTime(days * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5])
}
