// The document that describes the interface's first version (OpenAPI 3.1), written from the declarations that requests are
// routed and checked by.

internal import Basics

/// `GET /api/openapi.json`.
enum OpenAPIDocument {
    /// The answer to `request`, of the program's `version`.
    static func answer(to request: Request, version: String) -> Response {
        let body = text(version: version)
        let tag = EntityTag(of: [String(decoding: body, as: UTF8.self)])
        return tag.matches(request.ifNoneMatch) ? .notModified(tag) : .success(body, tag: tag)
    }

    /// The document.
    static func text(version: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("openapi", "3.1.0")
            json.member("info") { json in
                json.object { json in
                    json.member("title", "pdu-monitor")
                    json.member("version", version)
                    json.member("summary", "Power and energy of rack PDUs, their outlets, phases and banks")
                    json.member("description", description)
                }
            }
            // From where this document lies, so that the site may be under any prefix.
            json.member("servers") { json in
                json.array { json in json.object { $0.member("url", "./v1") } }
            }
            json.member("paths") { json in
                json.object { json in
                    for operation in Operation.all {
                        json.member(operation.path) { json in
                            json.object { json in json.member("get") { write(operation, into: &$0) } }
                        }
                    }
                }
            }
            json.member("components") { json in
                json.object { json in
                    json.member("schemas") { json in
                        json.object { json in
                            for shape in namedShapes() {
                                json.member(shape.name) { write(shape, into: &$0) }
                            }
                        }
                    }
                }
            }
        }
        return json.bytes
    }

    private static let description = """
        Unknown is null, never 0. Times are RFC 3339 with the site's offset; ranges are half-open; a time in a parameter may \
        also be a date or time of the site's clocks. Units are in the names. Members may be added; none is removed or \
        changes its meaning. Errors are application/problem+json (RFC 9457). HEAD answers as GET, without a body. Send the \
        ETag of an answer as If-None-Match, and a 304 says that nothing is new.
        """

    // MARK: Operations

    private static func write(_ operation: Operation, into json: inout JSONWriter) {
        json.object { json in
            json.member("operationId", operation.id)
            json.column("tags", [operation.tag]) { $0.value($1) }
            json.member("summary", operation.summary)
            if !operation.description.isEmpty { json.member("description", operation.description) }
            json.member("parameters") { json in
                json.array { json in
                    if let thing = operation.idOf { writeID(of: thing, into: &json) }
                    for parameter in operation.parameters { write(parameter, into: &json) }
                }
            }
            json.member("responses") { json in
                json.object { json in
                    json.member("200") { writeSuccess(of: operation, into: &$0) }
                    if !operation.isFile {
                        json.member("304") { json in
                            json.object {
                                $0.member("description", "What If-None-Match names is what it would be.")
                            }
                        }
                    }
                    for (status, words) in errors(of: operation) {
                        json.member(String(status)) { writeProblem(words, into: &$0) }
                    }
                }
            }
        }
    }

    /// The statuses of what may go wrong, with what each means.
    private static func errors(of operation: Operation) -> [(Int, String)] {
        let namesThings =
            operation.idOf != nil
            || operation.parameters.contains { parameter in
                switch parameter.kind {
                case .ids, .element: true
                default: false
                }
            }
        return [(400, "A parameter is not as it should be.")]
            + (namesThings ? [(404, "There is no such PDU, element or group.")] : [])
            + (operation.hasLimit ? [(413, "The answer would be too large.")] : [])
            + [
                (414, "The query is too long."),
                (422, "The parameters do not fit together."),
                (429, "Too many requests; see Retry-After."),
                (503, "The history cannot be read; the detail says what to do, Retry-After when."),
            ]
    }

    private static func writeSuccess(of operation: Operation, into json: inout JSONWriter) {
        json.object { json in
            json.member("description", operation.summary)
            if case .file(let shape, let format) = operation.content {
                return writeFile(of: shape, format, into: &json)
            }
            json.member("headers") { json in
                json.object { json in
                    writeHeader("ETag", "The version of the answer, for If-None-Match.", into: &json)
                    writeHeader(
                        "Cache-Control",
                        "For how long it may be used: until the next poll.",
                        into: &json
                    )
                    if operation.isList {
                        writeHeader("Link", "The next page (rel=next); not on the last one.", into: &json)
                    }
                }
            }
            writeContent("application/json", into: &json) { json in
                json.object { json in
                    json.member("type", "object")
                    json.column("required", ["data"] + (operation.isList ? ["page"] : [])) { $0.value($1) }
                    json.member("properties") { json in
                        json.object { json in
                            let data = Shape.object(operation.shape)
                            write(Property("data", operation.isList ? .list(data) : data), into: &json)
                            for property in operation.beside { write(property, into: &json) }
                            if operation.isList { write(Property("page", .object(Page.shape)), into: &json) }
                        }
                    }
                }
            }
        }
    }

    private static func writeFile(
        of row: ObjectShape,
        _ format: ExportFormat,
        into json: inout JSONWriter
    ) {
        json.member("headers") { json in
            json.object { writeHeader("Content-Disposition", "A name for the file.", into: &$0) }
        }
        switch format {
        case .csv:
            writeContent("text/csv", into: &json) { json in
                json.object { json in
                    json.member("type", "string")
                    json.member(
                        "description",
                        "RFC 4180, with a header: the members of \(row.name) as columns."
                    )
                }
            }
        case .json:
            writeContent("application/json", into: &json) { json in
                json.object { json in
                    json.member("type", "object")
                    json.column("required", ["range", "data"]) { $0.value($1) }
                    json.member("properties") { json in
                        json.object { json in
                            write(Property("range", .object(.bucketRange)), into: &json)
                            write(Property("data", .list(.object(row))), into: &json)
                        }
                    }
                }
            }
        }
    }

    private static func writeProblem(_ words: String, into json: inout JSONWriter) {
        json.object { json in
            json.member("description", words)
            writeContent("application/problem+json", into: &json) {
                write(.object(APIError.shape), isNullable: false, into: &$0)
            }
        }
    }

    private static func writeContent(
        _ type: String,
        into json: inout JSONWriter,
        _ schema: (inout JSONWriter) -> Void
    ) {
        json.member("content") { json in
            json.object { json in
                json.member(type) { json in json.object { $0.member("schema", schema) } }
            }
        }
    }

    private static func writeHeader(_ name: String, _ words: String, into json: inout JSONWriter) {
        json.member(name) { json in
            json.object { json in
                json.member("description", words)
                json.member("schema") { json in json.object { $0.member("type", "string") } }
            }
        }
    }

    // MARK: Parameters

    private static func writeID(of thing: String, into json: inout JSONWriter) {
        json.object { json in
            json.member("name", "id")
            json.member("in", "path")
            json.member("required", true)
            json.member("description", "The \(thing)'s.")
            json.member("schema", writeIDSchema)
        }
    }

    private static func writeIDSchema(into json: inout JSONWriter) {
        json.object { json in
            json.member("type", "integer")
            json.member("minimum", 1)
            json.member("maximum", Parameter.largestID)
        }
    }

    private static func write(_ parameter: Parameter, into json: inout JSONWriter) {
        json.object { json in
            json.member("name", parameter.name)
            json.member("in", "query")
            json.member("description", parameter.description)
            // Lists are separated by commas.
            json.member("style", "form")
            json.member("explode", false)
            json.member("schema") { json in json.object { writeSchema(of: parameter, into: &$0) } }
        }
    }

    private static func writeSchema(of parameter: Parameter, into json: inout JSONWriter) {
        switch parameter.kind {
        case .integer(let range, let standard):
            json.member("type", "integer")
            json.member("minimum", range.lowerBound)
            json.member("maximum", range.upperBound)
            json.member("default", standard)
        case .ids:
            json.member("type", "array")
            json.member("items", writeIDSchema)
            json.member("minItems", 1)
            json.member("maxItems", IDList.most)
        case .word(let words, let standard):
            json.member("type", "string")
            json.column("enum", words) { $0.value($1) }
            if let standard { json.member("default", standard) }
        case .flag:
            json.member("type", "boolean")
            json.member("default", false)
        case .words(let words):
            json.member("type", "array")
            json.member("items") { json in
                json.object { json in
                    json.member("type", "string")
                    json.column("enum", words) { $0.value($1) }
                }
            }
            json.member("minItems", 1)
        case .time:
            json.member("type", "string")
            json.member("pattern", SiteTime.pattern)
        case .cursor:
            json.member("type", "string")
            json.member("pattern", Cursor.pattern)
        case .element:
            json.member("type", "string")
            json.member("pattern", Parameter.elementPattern)
        }
    }

    // MARK: Answers

    /// Every object that has a name, each once, in the order in which they are met.
    private static func namedShapes() -> [ObjectShape] {
        var names: Set<String> = []
        var shapes: [ObjectShape] = []
        func add(_ shape: Shape) {
            switch shape {
            case .text, .time, .integer, .number, .flag, .word: break
            case .list(let item): add(item)
            case .object(let object):
                guard names.insert(object.name).inserted else { return }
                shapes.append(object)
                for property in object.properties { add(property.shape) }
            }
        }
        for operation in Operation.all {
            add(.object(operation.shape))
            for property in operation.beside { add(property.shape) }
        }
        add(.object(Page.shape))
        add(.object(APIError.shape))
        return shapes
    }

    private static func write(_ object: ObjectShape, into json: inout JSONWriter) {
        json.object { json in
            json.member("type", "object")
            json.member("properties") { json in
                json.object { json in
                    for property in object.properties { write(property, into: &json) }
                }
            }
        }
    }

    private static func write(_ property: Property, into json: inout JSONWriter) {
        json.member(property.name) { json in
            write(property.shape, isNullable: property.isNullable, property.description, into: &json)
        }
    }

    private static func write(
        _ shape: Shape,
        isNullable: Bool,
        _ words: String = "",
        into json: inout JSONWriter
    ) {
        json.object { json in
            if !words.isEmpty { json.member("description", words) }
            switch shape {
            case .text: writeType("string", isNullable, into: &json)
            case .time:
                writeType("string", isNullable, into: &json)
                json.member("format", "date-time")
            case .integer: writeType("integer", isNullable, into: &json)
            case .number: writeType("number", isNullable, into: &json)
            case .flag: writeType("boolean", isNullable, into: &json)
            case .word(let words):
                writeType("string", isNullable, into: &json)
                json.column("enum", words.map(Optional.some) + (isNullable ? [nil] : [])) { $0.value($1) }
            case .list(let item):
                writeType("array", isNullable, into: &json)
                // Of a list of numbers, each may be unknown.
                json.member("items") { write(item, isNullable: item.isNumber, into: &$0) }
            case .object(let object):
                let reference = "#/components/schemas/\(object.name)"
                guard isNullable else { return json.member("$ref", reference) }
                json.member("anyOf") { json in
                    json.array { json in
                        json.object { $0.member("$ref", reference) }
                        json.object { $0.member("type", "null") }
                    }
                }
            }
        }
    }

    private static func writeType(_ type: String, _ isNullable: Bool, into json: inout JSONWriter) {
        guard isNullable else { return json.member("type", type) }
        json.column("type", [type, "null"]) { $0.value($1) }
    }
}

extension Shape {
    /// Whether it is a number, or a list of such.
    fileprivate var isNumber: Bool {
        if case .number = self { true } else { false }
    }
}
