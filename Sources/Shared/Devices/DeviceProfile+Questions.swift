// What a profile wants to know, as objects and columns.

import MIB

extension DeviceProfile {
    /// The single objects of the profile; those of fallbacks too, for they cost no request of their own.
    var objects: [ObjectIdentifier] {
        let single = sources.filter(\.isSingle).flatMap { $0.values.values.map(\.object) }
        let conditions = sources.flatMap { $0.values.values.compactMap(\.estimatedWith) }
        let settings = [estimate?.nominalVoltage?.object, estimate?.powerFactor?.object].compactMap { $0 }
        return (single + conditions + settings).sorted()
    }

    /// The columns of the sources that are no fallbacks.
    ///
    /// Tables of a few rows come first: they end while the first rows of the long ones are read. The whole unit and
    /// its phases are neighbours, so that their watts come from one answer.
    var columns: [WantedColumn] {
        let order: [RowSource.Subject] = [
            .element(.bank), .sensor, .element(.phase), .element(.pdu), .element(.outlet),
        ]
        return order.flatMap { subject in
            sources.filter { $0.subject == subject && !$0.isFallback }.flatMap(\.columns)
        }
    }
}

extension RowSource {
    /// The columns of this source, that of the row's number first.
    var columns: [WantedColumn] {
        guard !isSingle else { return [] }
        let key = numberColumn
        let conditionColumns = (conditions + [host].compactMap { $0 }).map(\.column)
        let places = [key, unitColumn].compactMap { $0 }
        let wanted = places + conditionColumns + values.values.map(\.object).sorted()
        return wanted.map { WantedColumn(column: $0, key: $0 == key ? nil : key) }
    }

    var numberColumn: ObjectIdentifier? {
        if case .column(let column)? = number { column } else { nil }
    }

    var unitColumn: ObjectIdentifier? {
        if case .column(let column)? = unit { column } else { nil }
    }
}
