/// A body that is made while it is sent, so that it takes the same memory however long it is.
package protocol BodyPieces: AnyObject, Sendable {
    /// The next piece; nil when there is no more.
    ///
    /// It takes a moment at most, since whoever waits for another answer waits for it. What it throws is in the log already;
    /// whoever fetches the body must see that it is not whole.
    func next() throws -> [UInt8]?
}
