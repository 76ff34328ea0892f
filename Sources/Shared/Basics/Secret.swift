/// A text that must never be shown: passphrases and communities.
///
/// It prints as dots, whoever prints it.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The text itself; for the library that needs it, and nobody else.
    package let exposed: String

    /// Wraps `text`.
    package init(_ text: String) {
        exposed = text
    }

    package var description: String { "••••" }
    package var debugDescription: String { "••••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
