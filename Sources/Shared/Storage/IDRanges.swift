/// Some elements, as the few ranges of ids that cover them: one query each, instead of one for every element.
struct IDRanges {
    /// In order, apart from each other; they may cover some ids more.
    let ranges: [ClosedRange<Int64>]
    private let ids: Set<Int64>

    /// The elements with `ids`, in any order; one query may read up to `tolerance` ids in vain to save another query.
    init(_ ids: [Int64], tolerance: Int64) {
        self.ids = Set(ids)
        var ranges: [ClosedRange<Int64>] = []
        for id in self.ids.sorted() {
            if let last = ranges.last, id - last.upperBound <= tolerance {
                ranges[ranges.count - 1] = last.lowerBound...id
            } else {
                ranges.append(id...id)
            }
        }
        self.ranges = ranges
    }

    /// Whether the element `id` is one of them.
    func contains(_ id: Int64) -> Bool {
        ids.contains(id)
    }
}
