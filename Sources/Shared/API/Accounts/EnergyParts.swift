internal import Basics
internal import Energy

/// Energy by how it is known, in millionths of a kWh; the parts add up to the total exactly.
struct EnergyParts {
    /// How energy can be known, in the words of the interface.
    enum Method: String, CaseIterable {
        /// From the PDU's own counter.
        case counted
        /// Power integrated over time.
        case integrated
        /// From the counter, spread over a gap without readings.
        case interpolated
        /// Set by a person.
        case corrected
    }

    /// All energy that is known; absent when none is.
    let total: Int64?
    /// The parts; absent where nothing is known in that way.
    private let parts: [Method: Int64]

    /// The sum of `accounts`.
    ///
    /// Nothing, when it is beyond all numbers, which only a damaged file holds.
    init(_ accounts: [EnergyAccount]) {
        let account = EnergyParts.sum(of: accounts)
        // Each part is rounded together with those before it, so that what one gains another loses.
        var exact: Int64 = 0
        var rounded: Int64 = 0
        var parts: [Method: Int64] = [:]
        for method in Method.allCases {
            guard let part = account?.part(method) else { continue }
            exact += part
            let upToHere = EnergyParts.millionths(exact)
            parts[method] = upToHere - rounded
            rounded = upToHere
        }
        self.parts = parts
        total = parts.isEmpty ? nil : rounded
    }

    /// What is known by `method`; absent when nothing is.
    subscript(method: Method) -> Int64? { parts[method] }

    /// The share of `method` in the total, 0...1 in millionths; absent when nothing is known by it, or of nothing.
    func share(_ method: Method) -> Double? {
        guard let total, total > 0, let part = parts[method] else { return nil }
        return (Double(part) / Double(total) * 1_000_000).rounded() / 1_000_000
    }

    /// How the energy is known: a method, or `mixed`; absent with the energy.
    var method: String? {
        parts.count > 1 ? "mixed" : parts.keys.first?.rawValue
    }

    /// Thousandths of a watt-second as millionths of a kWh, the nearest.
    static func millionths(_ energy: Int64) -> Int64 {
        (energy + (energy < 0 ? -1800 : 1800)) / 3600
    }

    private static func sum(of accounts: [EnergyAccount]) -> EnergyAccount? {
        let parts = accounts.flatMap { account in Method.allCases.compactMap(account.part) }
        let size = parts.reduce(0.0) { $0 + abs(Double($1)) }
        guard size < Double(Int64.max / 4) else { return nil }
        return accounts.reduce(into: EnergyAccount()) { $0.add($1) }
    }
}

extension EnergyAccount {
    /// What is known by `method`, in thousandths of a watt-second.
    fileprivate func part(_ method: EnergyParts.Method) -> Int64? {
        switch method {
        case .counted: counted
        case .integrated: integrated
        case .interpolated: interpolated
        case .corrected: corrected
        }
    }
}
