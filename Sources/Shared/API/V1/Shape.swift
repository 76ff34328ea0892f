// What answers look like, declared once: the document that describes the interface is written from these, `fields`
// chooses among them, and a test holds the answers to them.

/// What a value of an answer is.
indirect enum Shape: Sendable {
    case text
    /// RFC 3339 with the site's offset.
    case time
    case integer
    case number
    case flag
    /// One of these words.
    case word([String])
    case list(Shape)
    /// An object that has a name of its own in the document.
    case object(ObjectShape)
}

/// One member of an object of an answer.
struct Property: Sendable {
    let name: String
    let shape: Shape
    /// Whether it may be `null`, which is unknown.
    let isNullable: Bool
    /// What it is, for people; empty where the name says it.
    let description: String

    /// The member `name`, which is always known.
    init(_ name: String, _ shape: Shape, _ description: String = "") {
        self.init(name, shape, isNullable: false, description)
    }

    private init(_ name: String, _ shape: Shape, isNullable: Bool, _ description: String) {
        self.name = name
        self.shape = shape
        self.isNullable = isNullable
        self.description = description
    }

    /// The member `name`, which may be unknown.
    static func maybe(_ name: String, _ shape: Shape, _ description: String = "") -> Property {
        Property(name, shape, isNullable: true, description)
    }
}

/// An object of an answer.
struct ObjectShape: Sendable {
    /// Its name in the document, such as `Outlet`.
    let name: String
    let properties: [Property]

    /// The object `name` with the properties of `parts`, one after the other.
    init(_ name: String, _ parts: [Property]...) {
        self.name = name
        properties = parts.flatMap { $0 }
    }
}
