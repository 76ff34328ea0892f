// What people set in the page, apart from the history.

/// Some elements under one name.
package struct ElementGroup: Hashable, Sendable {
    /// Never another group's.
    package var id: Int64
    package var name: String
    /// `#rrggbb`; absent when none was chosen.
    package var colour: String?
    package var description: String?
    /// The ids of its elements, ascending; a whole PDU has its PDU's id.
    package var elementIDs: [Int64]

    /// A group of these parts.
    package init(id: Int64, name: String, colour: String?, description: String?, elementIDs: [Int64]) {
        self.id = id
        self.name = name
        self.colour = colour
        self.description = description
        self.elementIDs = elementIDs
    }
}

/// What people say of one element; at least one thing.
package struct ElementLabel: Hashable, Sendable {
    package var elementID: Int64
    /// What people call it; absent where the device's own name will do.
    package var label: String?
    package var note: String?
    /// `#rrggbb`; absent when none was chosen.
    package var colour: String?

    /// What is said of the element `elementID`.
    package init(elementID: Int64, label: String?, note: String?, colour: String?) {
        self.elementID = elementID
        self.label = label
        self.note = note
        self.colour = colour
    }
}

/// All that was set.
package struct Settings: Hashable, Sendable {
    /// Grows with every change; 0 before the first.
    package var revision: Int64 = 0
    /// By name.
    package var groups: [ElementGroup] = []
    /// By element; only those of which something is said.
    package var elements: [ElementLabel] = []
    /// Why nothing can be read or kept, in words that say what to do; absent when all is well.
    package var problem: String?

    /// Nothing was set.
    package init() {}
}

/// One change of the settings.
package enum SettingsChange: Hashable, Sendable {
    /// A new group, whose `id` says nothing yet.
    case add(ElementGroup)
    /// Another group in the place of the one with its `id`.
    case replace(ElementGroup)
    case remove(group: Int64)
    /// What is said of an element from now on; nothing more of one of which nothing is said.
    case say(ElementLabel)
}

/// Why a change was not made.
package enum SettingsError: Error, Hashable, Sendable {
    /// Somebody else was faster: another revision is the newest.
    case changed(revision: Int64)
    case nameTaken
    case unknownGroup(Int64)
    /// There may be no more groups than so many.
    case tooManyGroups(Int)
    /// Nothing can be kept, with the reason.
    case unavailable(String)
}

/// Keeps what people set.
package protocol SettingsKeeping {
    /// All that was set; nothing, with the problem, where that cannot be read.
    func settings() -> Settings
    /// Makes `change`, unless another revision than `revision` is the newest, and answers the new revision and the id
    /// of the group that it was about.
    ///
    /// Throws `SettingsError`.
    func make(_ change: SettingsChange, at revision: Int64?) throws -> (revision: Int64, group: Int64?)
}
