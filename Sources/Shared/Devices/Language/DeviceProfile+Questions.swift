// What a profile wants to know, as objects and columns.

import MIB

extension DeviceProfile {
    /// The single objects of the profile; those of fallbacks too, for they cost no request of their own.
    var objects: [ObjectIdentifier] {
        let ofSources = sources.flatMap(\.places)
        let ofEstimate = [estimate?.nominalVoltage, estimate?.powerFactor].compactMap { $0 }.flatMap(\.places)
        let objects = (ofSources + ofEstimate).compactMap { place in
            if case .object(let object) = place { object } else { nil }
        }
        return Set(objects).sorted()
    }

    /// The columns of the sources that are no fallbacks, without those of which only some rows are wanted.
    ///
    /// Tables of a few rows come first: they end while the first rows of the long ones are read. The whole unit and
    /// its phases are neighbours, so that their watts come from one answer.
    var columns: [WantedColumn] {
        let order: [RowSource.Subject] = [
            .element(.bank), .sensor, .element(.phase), .element(.pdu), .element(.outlet),
        ]
        let following = Set(followingColumns.map(\.column))
        return order.flatMap { subject in
            sources.filter { $0.subject == subject && !$0.isFallback }.flatMap(\.columns)
        }
        .filter { !following.contains($0.column) }
    }
}

extension RowSource {
    /// The columns of this source, that of the row's number first.
    var columns: [WantedColumn] {
        // Where the index numbers the rows, too, the column may be missing without meaning that there are none.
        let key = numbering?.isInIndex == true ? nil : numbering?.column
        let others = Set(places.compactMap(\.column)).subtracting([key].compactMap { $0 }).sorted()
        return ([key].compactMap { $0 } + others).map { WantedColumn(column: $0, key: $0 == key ? nil : key) }
    }

    /// The columns that may have rows of their own: not those that only say how another is to be read.
    var rowColumns: [ObjectIdentifier] {
        let places = values.values.joined().flatMap { spec in [spec.place] + spec.terms.map(\.place) }
        return Set((places + conditions.map(\.place)).compactMap(\.column)).sorted()
    }

    /// Every place that the source looks at.
    var places: [ValuePlace] {
        let ofRows = [numbering?.column, unit?.column, kind].compactMap { $0 }.map(ValuePlace.column)
        let ofCount = [numbering?.count].compactMap { $0 }.map(ValuePlace.object)
        let ofConditions = (conditions + [host].compactMap { $0 }).map(\.place)
        return ofRows + ofCount + ofConditions + values.values.joined().flatMap(\.places)
    }
}

extension ValueSpec {
    /// Every place that the value depends on.
    var places: [ValuePlace] {
        var places = [place] + conditions.map(\.place)
        for term in terms {
            places += [term.place, term.digits, term.multiplier, term.factors?.place].compactMap { $0 }
        }
        if case .when(let condition) = fahrenheit { places.append(condition.place) }
        if let object = estimate.object { places.append(.object(object)) }
        return places
    }
}

extension ValuePlace {
    /// The column; nil for a single object.
    var column: ObjectIdentifier? {
        if case .column(let column) = self { column } else { nil }
    }
}
