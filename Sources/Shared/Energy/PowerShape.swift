// Power between two readings: a straight line. Its integral is worked out from the beginning to any moment and
// rounded once, so that the parts of an interval add up to the whole.

import Basics

/// How power ran from one reading to the next.
struct PowerShape: Hashable {
    let start: PowerExtreme
    let end: PowerExtreme

    /// The energy under the whole line, in thousandths of a watt-second.
    var energy: Int64 { energy(until: end.at) }

    /// Whether an amount can be divided in the line's proportions: it lies above zero.
    var isDivisible: Bool {
        min(start.power.thousandths, end.power.thousandths) >= 0 && energy > 0
    }

    /// The energy under the line from its start until `time`, in thousandths of a watt-second.
    func energy(until time: UnixTime) -> Int64 {
        let elapsed = time - start.at
        let duration = end.at - start.at
        let first = start.power.thousandths
        // Rises by (end − start) · elapsed / duration; the mean over the elapsed part is half of that higher.
        let rise = proportion(of: end.power.thousandths - first, elapsed, duration)
        return first * elapsed + rise * elapsed / 2
    }
}

/// `amount` · `part` / `whole`, without overflow in between, rounded towards zero; 0 when `whole` is 0.
func proportion(of amount: Int64, _ part: Int64, _ whole: Int64) -> Int64 {
    guard whole > 0 else { return 0 }
    let product = amount.multipliedFullWidth(by: part)
    // |part| ≤ whole, so that the quotient fits.
    return whole.dividingFullWidth(product).quotient
}
