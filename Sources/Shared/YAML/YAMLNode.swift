// A YAML document as a small tree in which every node knows where it stands, so that an error, of syntax or of
// meaning, can name its line and column. Scalars stay texts: whoever asks for a number says so.

/// Where a node begins in its file.
package struct YAMLMark: Hashable, Sendable {
    /// From 1.
    package let line: Int
    /// From 1.
    package let column: Int

    /// The place at `line` and `column`, both from 1.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// One node of a YAML document.
package struct YAMLNode: Sendable {
    /// What a node holds.
    package indirect enum Content: Sendable {
        /// A scalar's text; `isPlain` when it was written without quotes (then `null`, `~` and nothing mean "absent").
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        /// Pairs in the order of the file.
        ///
        /// Keys are scalars, without repetition.
        case mapping([(key: YAMLKey, value: YAMLNode)])
    }

    package let content: Content
    package let mark: YAMLMark

    /// A node of `content` at `mark`.
    package init(_ content: Content, at mark: YAMLMark) {
        self.content = content
        self.mark = mark
    }
}

/// A key of a mapping, and where it stands.
package struct YAMLKey: Sendable {
    package let name: String
    package let mark: YAMLMark

    /// The key `name` at `mark`.
    package init(_ name: String, at mark: YAMLMark) {
        self.name = name
        self.mark = mark
    }
}

/// A file that is not YAML, or uses more of YAML than is taken (more than one document, aliases, tags, keys
/// that are not scalars, a key given twice).
package struct YAMLError: Error, CustomStringConvertible, Sendable {
    package let file: String
    package let mark: YAMLMark
    package let message: String

    /// An error in `file` at `mark`.
    package init(file: String, mark: YAMLMark, message: String) {
        self.file = file
        self.mark = mark
        self.message = message
    }

    /// `pdu-monitor.yaml:3:7: message`.
    package var description: String {
        "\(file):\(mark.line):\(mark.column): \(message)"
    }
}
