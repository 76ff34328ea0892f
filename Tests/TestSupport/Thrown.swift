/// The `Failure` that `body` throws; nil when it throws nothing, or something else.
///
/// Swift Testing gives the error back from `#expect(throws:)` only since Swift 6.1.
package func thrown<Failure: Error>(_ type: Failure.Type, by body: () throws -> some Any) -> Failure? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? Failure
    }
}
