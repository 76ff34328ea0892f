// What reads bytes that come from elsewhere, as a fuzzer wants it: a name, seeds, and a function of bytes. The same
// targets are mutated at length by libFuzzer (script/fuzz) and run over their seeds by the unit tests.

/// A reader under attack.
struct FuzzTarget: Sendable {
    /// What a reader made of an input; anything else than these two is a finding.
    enum Outcome: Sendable {
        /// It is what the reader is for.
        case taken
        /// An error, or silence where the reader has no words.
        case refused
    }

    /// What `script/fuzz` calls it.
    let name: String
    /// Where its seeds are, below the package's directory.
    let seeds: String
    /// The longest input that is made, in bytes: what a finding needs, and no more, since short ones are faster.
    let longest: Int
    /// Reads one input, and traps where something about the outcome is not as it must be.
    let read: @Sendable ([UInt8]) -> Outcome

    /// A target whose seeds are in a folder of its name, or at `seeds`.
    init(
        _ name: String,
        seeds: String? = nil,
        longest: Int = 20_000,
        read: @escaping @Sendable ([UInt8]) -> Outcome
    ) {
        self.name = name
        self.seeds = seeds ?? "Tests/Fuzz/Seeds/\(name)"
        self.longest = longest
        self.read = read
    }

    /// Every target there is.
    static let all: [FuzzTarget] = [
        .walk, .profile, .record, .device, .plan,
        .fastCGI, .query, .scrape,
        .datagram,
        .configuration, .json,
        .block, .archive, .gzip, .spool, .ledger,
    ]

    /// The target called `name`; nil where there is none.
    static func named(_ name: String) -> FuzzTarget? {
        all.first { $0.name == name }
    }
}
