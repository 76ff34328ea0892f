/// Numbers for requests and messages that nobody outside can foresee, without asking the system for each.
struct MessageIDs {
    /// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators), begun anywhere.
    private var state = UInt64.random(in: 0 ... .max)

    /// The next one, 1 to 2^31 - 1, as far as both SNMPv3 and the request IDs of all versions go.
    mutating func next() -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return max(1, Int((mixed ^ (mixed >> 31)) >> 33))
    }
}
