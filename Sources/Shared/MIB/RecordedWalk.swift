// What an agent once answered, from a file that someone recorded: the output of `snmpwalk -On`, or `.snmprec`.

/// A recording of an agent's objects.
package struct RecordedWalk: Hashable, Sendable {
    /// The objects and their values, in the order of a walk, each object once.
    package let bindings: [VariableBinding]

    /// A recording of `bindings`, which may come in any order; of an object given twice the first counts.
    ///
    /// Values that say "not there" are left out: they are no objects.
    package init(_ bindings: [VariableBinding]) {
        let present = bindings.filter { $0.value != .absent && $0.value != .endOfView }
        let sorted = present.enumerated().sorted { left, right in
            left.element.identifier == right.element.identifier
                ? left.offset < right.offset : left.element.identifier < right.element.identifier
        }
        var unique: [VariableBinding] = []
        unique.reserveCapacity(sorted.count)
        for (_, binding) in sorted where unique.last?.identifier != binding.identifier {
            unique.append(binding)
        }
        self.bindings = unique
    }

    /// The recording in `bytes`, the content of `file`, which is named in errors only.
    ///
    /// The first line that holds anything tells the format: `OID|TAG|VALUE` is `.snmprec`, all else is taken for
    /// the output of `snmpwalk -On`.
    package init(parsing bytes: [UInt8], file: String) throws(RecordingError) {
        let lines = RecordingLines(
            bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        )
        let first = lines.first { !$0.isBlankOrComment }?.bytes ?? []
        let isRecord = SNMPRecord.looksLikeRecord(first)
        self.init(isRecord ? try SNMPRecord.parse(lines, file: file) : try WalkText.parse(lines, file: file))
        guard !self.bindings.isEmpty else {
            throw RecordingError(file: file, line: 1, message: "the recording holds no objects")
        }
    }

    /// The value of `identifier`; nil when it is not in the recording.
    package subscript(identifier: ObjectIdentifier) -> SNMPValue? {
        let index = firstIndex(notBefore: identifier)
        guard index < bindings.count, bindings[index].identifier == identifier else { return nil }
        return bindings[index].value
    }

    /// The position of the first object that is `identifier` or comes after it.
    func firstIndex(notBefore identifier: ObjectIdentifier) -> Int {
        var low = 0
        var high = bindings.count
        while low < high {
            let middle = low + (high - low) / 2
            if bindings[middle].identifier < identifier { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
