internal import Basics

/// What an endpoint has to say, before it is put into an envelope: each version of the interface has its own.
struct Answer {
    /// The data that was asked for.
    enum Content {
        /// One object, by what writes its members.
        case object((inout JSONWriter) -> Void)
        /// So many objects, by what writes the members of each, from index 0 on.
        case rows(count: Int, (Int, inout JSONWriter) -> Void)
    }

    let content: Content
    /// Writes the members that stand beside the data.
    let writeBeside: (inout JSONWriter) -> Void
    /// Where the rows go on after these; absent where these are all, and of an object.
    var next: Cursor?

    /// One object, whose members `write` writes; `writeBeside` writes those beside it.
    init(
        _ write: @escaping (inout JSONWriter) -> Void,
        beside writeBeside: @escaping (inout JSONWriter) -> Void = { _ in }
    ) {
        content = .object(write)
        self.writeBeside = writeBeside
    }

    /// A list with an object for each of `rows`, whose members `write` writes.
    init<Row>(
        rows: [Row],
        next: Cursor? = nil,
        _ write: @escaping (inout JSONWriter, Row) -> Void,
        beside writeBeside: @escaping (inout JSONWriter) -> Void = { _ in }
    ) {
        content = .rows(count: rows.count) { index, json in write(&json, rows[index]) }
        self.next = next
        self.writeBeside = writeBeside
    }

    /// `{"success":true,"data":…}`, with what stands beside the data: the envelope of the interface without a version.
    var enveloped: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("success", true)
            json.member("data") { json in
                switch content {
                case .object(let write): json.object(write)
                case .rows(let count, let write):
                    json.array { json in
                        for index in 0..<count { json.object { write(index, &$0) } }
                    }
                }
            }
            writeBeside(&json)
        }
        return json.bytes
    }
}
