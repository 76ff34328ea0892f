// The interface's first version: a request's way from its path to the answer. Questions are those of the interface without
// a version; addresses, checks, pages and errors are its own.

internal import Basics
internal import Storage

/// Answers the requests below `/api/v1`, and the one for the document that describes them.
struct VersionOne {
    /// Where the document is.
    static let documentPath = "/api/openapi.json"

    /// What every other part of the interface does with a question for the history.
    typealias Asking = (any Endpoint, [ElementGroup]) throws -> Answered

    /// What became of a question.
    enum Answered {
        /// What the asker has is what it would get.
        case unchanged(EntityTag, maxAge: Int64?)
        case found(Answer, EntityTag, maxAge: Int64?)
    }

    let site: Site
    let settings: any SettingsKeeping
    /// Asks the history.
    let ask: Asking
    /// Begins an export.
    let export: (Export, [ElementGroup]) throws -> Response

    /// Whether it answers what has this `path`.
    static func owns(_ path: String) -> Bool {
        path == documentPath || path == Operation.prefix || path.hasPrefix(Operation.prefix + "/")
    }

    /// The answer to `request`.
    ///
    /// Throws `APIError`, and what the history throws.
    func answer(_ request: Request) throws -> Response {
        let operation = Operation.all.lazy.compactMap { operation in
            operation.match(request.path).map { (operation, $0) }
        }.first
        guard operation != nil || request.path == VersionOne.documentPath else {
            throw APIError.unknownVersionedPath
        }
        if request.method == "OPTIONS", site.crossOrigin.isOn {
            guard let origin = request.origin, site.crossOrigin.includes(origin) else {
                throw APIError.otherOrigin(request.origin)
            }
            return .preflight(CrossOrigin.preflight)
        }
        try Router.checkAsked(request)
        let parameters = try QueryParameters(request.query)
        guard let (operation, id) = operation else {
            try parameters.check(against: [])
            return OpenAPIDocument.answer(to: request, version: site.version)
        }
        try parameters.check(against: operation.parameters)
        do {
            return try answer(operation, id, parameters, to: request)
        } catch let error as APIError {
            throw error.afterCheck
        }
    }

    private func answer(
        _ operation: Operation,
        _ id: Int64,
        _ parameters: QueryParameters,
        to request: Request
    ) throws -> Response {
        switch operation.answerer {
        case .settings(let answer):
            let found = answer(settings.settings(), site.writers.include(request))
            let page = try Page(found, to: operation, parameters)
            // Of the answer itself: a file that was restored counts its revisions once more from an earlier one.
            let tag = EntityTag(of: [site.version, request.path, String(decoding: page.body, as: UTF8.self)])
            return tag.matches(request.ifNoneMatch)
                ? .notModified(tag, isShared: false)
                : .success(page.body, tag: tag, isShared: false, link: page.link)
        case .export(let format):
            let question = try ExportQuestion(parameters)
            return try export(Export(question: question, format: format), groups(question.groupIDs))
        case .history(let endpoint):
            let question = try endpoint(id, parameters)
            switch try ask(question, groups(question.groupIDs)) {
            case .unchanged(let tag, let maxAge): return .notModified(tag, maxAge: maxAge)
            case .found(let answer, let tag, let maxAge):
                let page = try Page(answer, to: operation, parameters)
                return .success(page.body, tag: tag, maxAge: maxAge, link: page.link)
            }
        }
    }
}

extension VersionOne {
    /// The groups with `ids`, as far as there are such.
    private func groups(_ ids: [Int64]) -> [ElementGroup] {
        let named = Set(ids)
        return named.isEmpty ? [] : settings.settings().groups.filter { named.contains($0.id) }
    }
}

extension APIError {
    /// There is nothing of that path in the interface's first version.
    fileprivate static let unknownVersionedPath = APIError.unknownPath(
        "there is nothing here; known are " + Operation.all.map(\.fullPath).joined(separator: ", ")
            + " and \(VersionOne.documentPath), which describes them"
    )
}
