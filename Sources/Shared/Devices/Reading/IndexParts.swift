// The parts of a row's index, by what a profile says they mean.

/// A row's index, divided.
struct IndexParts {
    private var values: [(words: Set<RowSource.IndexWord>, numbers: ArraySlice<UInt32>)] = []

    /// `index` divided into `parts`; nil when it is not of that form.
    ///
    /// Without parts, anything is, and says nothing.
    init?(_ index: [UInt32], _ parts: [RowSource.IndexPart]?) {
        guard let parts else { return }
        var rest = index[...]
        for part in parts {
            guard let first = rest.popFirst() else { return nil }
            if let exactly = part.exactly, first != exactly { return nil }
            guard part.words.contains(.unitText) else {
                values.append((part.words, [first]))
                continue
            }
            guard first <= 255, rest.count >= Int(first) else { return nil }
            values.append((part.words, rest.prefix(Int(first))))
            rest = rest.dropFirst(Int(first))
        }
        guard rest.isEmpty else { return nil }
    }

    /// The numbers of all parts that say `word`.
    func numbers(_ word: RowSource.IndexWord) -> [UInt32] {
        values.filter { $0.words.contains(word) }.compactMap(\.numbers.first)
    }

    /// The number of the part that says `word`.
    func number(_ word: RowSource.IndexWord) -> UInt32? {
        numbers(word).first
    }

    /// The index without the part that says the kind; nil when no part does.
    var withoutKind: [UInt32]? {
        guard values.contains(where: { $0.words.contains(.kind) }) else { return nil }
        return values.filter { !$0.words.contains(.kind) }.flatMap(\.numbers)
    }

    /// A number for the unit that is named by a text: the same at every poll, whatever other units come and go.
    var unitOfText: Int? {
        guard let part = values.first(where: { $0.words.contains(.unitText) }) else { return nil }
        let hash = ProfileReader.fingerprint(of: part.numbers.map { UInt8(truncatingIfNeeded: $0) })
        return Int(hash % 0x7FFF_FFFF) + 1
    }
}
