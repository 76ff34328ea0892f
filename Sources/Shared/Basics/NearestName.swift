/// The name among `names` that `text` was most likely meant to be; nil when none is close.
///
/// Close is: at most a third of its letters need to be inserted, left out, replaced or swapped with their
/// neighbour (the restricted Damerau–Levenshtein distance, without regard to case).
package func nearestName(to text: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(text.lowercased().utf8)
    var best: (name: String, distance: Int)?
    for name in names {
        let candidate = Array(name.lowercased().utf8)
        let distance = editDistance(wanted, candidate)
        let allowed = max(1, max(wanted.count, candidate.count) / 3)
        guard distance <= allowed, distance < best?.distance ?? .max else { continue }
        best = (name, distance)
    }
    return best?.name
}

/// How many single-letter edits, swaps of neighbours included, lead from `left` to `right`.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            var cost = min(
                last[column + 1] + 1,
                current[column] + 1,
                last[column] + (letter == other ? 0 : 1)
            )
            if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
