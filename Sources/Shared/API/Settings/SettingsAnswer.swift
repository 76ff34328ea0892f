internal import Basics
internal import Storage

/// `GET /api/settings`: groups, and what people say of elements.
enum SettingsAnswer {
    /// The answer to `request`: with `mayWrite`, whoever asks may change it.
    static func answer(
        to request: Request,
        _ settings: Settings,
        mayWrite: Bool,
        version: String
    ) -> Response {
        let body = answer(settings, mayWrite: mayWrite).enveloped
        // Of the answer itself: a file that was restored counts its revisions once more from an earlier one.
        let tag = EntityTag(of: [version, String(decoding: body, as: UTF8.self)])
        if tag.matches(request.ifNoneMatch) { return .notModified(tag, isShared: false) }
        return .success(body, tag: tag, isShared: false)
    }

    /// All `settings`, as the interface says them.
    static func answer(_ settings: Settings, mayWrite: Bool) -> Answer {
        Answer { json in
            json.member("may_write", mayWrite)
            json.member("revision", settings.revision)
            json.column("groups", settings.groups) { json, group in json.object { $0.write(group) } }
            json.column("elements", settings.elements) { json, label in json.object { $0.write(label) } }
            if let problem = settings.problem { json.member("problem", problem) }
        }
    }
}

extension JSONWriter {
    /// The members that tell of `group`.
    mutating func write(_ group: ElementGroup) {
        member("id", group.id)
        member("name", group.name)
        member("colour", group.colour)
        member("description", group.description)
        column("element_ids", group.elementIDs) { $0.value($1) }
    }

    /// The members that tell what is said of an element.
    mutating func write(_ label: ElementLabel) {
        member("element_id", label.elementID)
        member("label", label.label)
        member("note", label.note)
        member("colour", label.colour)
    }
}
