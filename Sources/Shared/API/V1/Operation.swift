internal import Basics
internal import Storage

/// One question of the interface's first version: its address, what it takes, what it answers and who answers it.
///
/// All of it is declared here and nowhere else: requests are routed by it, checked by it, and described by it.
struct Operation: Sendable {
    /// What its data are.
    enum Content: Sendable {
        /// One object.
        case object(ObjectShape)
        /// A list of objects, `most` of them on a page and `standard` where nobody says how many.
        case rows(ObjectShape, standard: Int64, most: Int64)
        /// A file with any number of rows.
        case file(ObjectShape, ExportFormat)
    }

    /// Who answers.
    enum Answerer: Sendable {
        /// The history; the number is the id in the path, 0 where it has none.
        case history(@Sendable (Int64, QueryParameters) throws -> any Endpoint)
        /// The settings, which have the same answer for whoever may change them and another for everybody else.
        case settings(@Sendable (Settings, _ mayWrite: Bool) -> Answer)
        /// The history, piece by piece.
        case export(ExportFormat)
    }

    /// Its name for programs that are generated from the document.
    let id: String
    /// The path behind `/api/v1`, with `{id}` where an id stands.
    let path: String
    /// What `{id}` is the id of; absent where the path has none.
    var idOf: String?
    /// Which questions it belongs to.
    let tag: String
    let summary: String
    /// More for people; empty where the summary says it.
    var description = ""
    /// What it takes besides what all of its kind take: `fields`, and of a list `limit` and `cursor`.
    var ownParameters: [Parameter] = []
    let content: Content
    /// What stands beside the data.
    var beside: [Property] = []
    /// Whether the endpoint chooses the rows of a page itself; else it gives all of them.
    var pagesItself = false
    /// Whether it may find that too much is asked for (413).
    var hasLimit = false
    let answerer: Answerer

    /// The whole path.
    var fullPath: String { Operation.prefix + path }

    /// What stands before the path of each.
    static let prefix = "/api/v1"

    /// The object of its data, or of each of its rows.
    var shape: ObjectShape {
        switch content {
        case .object(let shape), .rows(let shape, _, _), .file(let shape, _): shape
        }
    }

    /// Everything that it takes.
    var parameters: [Parameter] {
        let fields = Parameter(
            "fields",
            .words(shape.properties.map(\.name)),
            isFile
                ? "Only these columns, in their own order, separated by commas."
                : "Only these members of \(isList ? "each entry of data" : "data"), separated by commas."
        )
        guard case .rows(_, let standard, let most) = content else { return ownParameters + [fields] }
        let limit = Parameter("limit", .integer(1...most, standard: standard), "How many entries a page has.")
        let cursor = Parameter(
            "cursor",
            .cursor,
            "Where the page begins: page.next_cursor of the page before, with the same other parameters."
        )
        return ownParameters + [fields, limit, cursor]
    }

    /// Whether its data are a list.
    var isList: Bool {
        if case .rows = content { true } else { false }
    }

    /// Whether it is a file, of any length.
    var isFile: Bool {
        if case .file = content { true } else { false }
    }

    /// The id in `path`, 0 where this one has none; nil where it is another path than this.
    func match(_ path: String) -> Int64? {
        PathPattern(fullPath).match(path)
    }
}
