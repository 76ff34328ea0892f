import MIB

extension FuzzTarget {
    /// The reader of recordings: what it has read, it reads again as it writes it.
    static let walk = FuzzTarget("walk") { input in
        do {
            let walk = try RecordedWalk(parsing: input, file: "fuzz")
            let written = walk.bindings.compactMap(SNMPRecord.line).joined(separator: "\n")
            let again = try RecordedWalk(parsing: Array(written.utf8), file: "fuzz")
            precondition(again.bindings.count == walk.bindings.count, "not all of it was read back")
            return .taken
        } catch {
            precondition(!"\(error)".isEmpty)
            return .refused
        }
    }

    /// The reader of a line of a recording, which plans are kept as, too.
    static let record = FuzzTarget("record", longest: 1000) { input in
        guard let binding = SNMPRecord.binding(in: input[...]) else { return .refused }
        checkWriting(of: binding)
        return .taken
    }

    /// Traps unless `binding` is the same when it has been written and read.
    static func checkWriting(of binding: VariableBinding) {
        guard let line = SNMPRecord.line(binding) else { return }
        let again = SNMPRecord.binding(in: Array(line.utf8)[...])
        precondition(again == binding, "\(line) is read as \(String(describing: again))")
    }
}
