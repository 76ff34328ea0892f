// "Did you mean …?": the known word closest to the one that was written. Used where something was refused, never
// on the way of what is right.

/// The word of `candidates` that `text` was most likely meant to be; nil when none is close.
///
/// Close is an edit distance (insertions, deletions, replacements, exchanged neighbours; letters of either case
/// are the same) of at most a third of the longer word. Of equally close ones the first is taken.
package func nearest(to text: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(text.lowercased().utf8)
    guard wanted.count <= 200 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in candidates {
        let known = Array(candidate.lowercased().utf8)
        let limit = min(max(wanted.count, known.count) / 3, (best?.distance ?? .max) - 1)
        guard abs(known.count - wanted.count) <= limit else { continue }
        let distance = editDistance(wanted, known)
        if distance <= limit { best = (candidate, distance) }
    }
    return best?.word
}

/// ` (did you mean "timeout"?)`, or nothing when no candidate is close: the end of a message about `text`.
package func suggestion(for text: String, among candidates: some Sequence<String>) -> String {
    guard let word = nearest(to: text, among: candidates) else { return "" }
    return " (did you mean \"\(word)\"?)"
}

/// The optimal string alignment distance: insertions, deletions, replacements and exchanges of neighbours.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for (row, leftByte) in left.enumerated() {
        var current = [row + 1]
        current.reserveCapacity(right.count + 1)
        for (column, rightByte) in right.enumerated() {
            let replaced = previous[column] + (leftByte == rightByte ? 0 : 1)
            var cost = min(replaced, previous[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, leftByte == right[column - 1], left[row - 1] == rightByte {
                cost = min(cost, beforePrevious[column - 1] + 1)
            }
            current.append(cost)
        }
        beforePrevious = previous
        previous = current
    }
    return previous[right.count]
}
