import Metering

/// The readings of a unit's elements in their order: the whole first, each kind by its numbers.
struct ElementTable {
    private(set) var readings: [ElementReading]
    private var ranks: [Int]

    /// A table of `readings`, which have no element twice.
    init(_ readings: [ElementReading]) {
        self.init(ordered: readings.sorted { Self.rank($0.element) < Self.rank($1.element) })
    }

    /// A table of `readings`, which have that order.
    init(ordered readings: [ElementReading]) {
        self.readings = readings
        ranks = readings.map { Self.rank($0.element) }
    }

    /// The reading of `element`; nil when it is not there.
    subscript(element: Element) -> ElementReading? {
        get {
            let place = place(of: element)
            return readings.indices.contains(place) && readings[place].element == element
                ? readings[place] : nil
        }
        set {
            let place = place(of: element)
            let isThere = readings.indices.contains(place) && readings[place].element == element
            switch (newValue, isThere) {
            case (let new?, true): readings[place] = new
            case (let new?, false):
                readings.insert(new, at: place)
                ranks.insert(Self.rank(element), at: place)
            case (nil, true):
                readings.remove(at: place)
                ranks.remove(at: place)
            case (nil, false): break
            }
        }
    }

    /// Whether the whole unit's power is known.
    var hasPowerOfWhole: Bool {
        !readings.isEmpty && readings[0].element == .wholePDU && readings[0].activePower != nil
    }

    /// Changes the reading at `place` of `readings`, all but its element.
    mutating func change(at place: Int, _ body: (inout ElementReading) -> Void) {
        body(&readings[place])
    }

    /// Where `element` is, or belongs.
    private func place(of element: Element) -> Int {
        let rank = Self.rank(element)
        var (low, high) = (0, ranks.count)
        while low < high {
            let middle = (low + high) / 2
            if ranks[middle] < rank { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Kinds in the order in which they are declared, then numbers.
    private static func rank(_ element: Element) -> Int {
        let kind =
            switch element.kind {
            case .pdu: 0
            case .phase: 1
            case .bank: 2
            case .outlet: 3
            }
        return kind << 40 | element.number
    }
}
