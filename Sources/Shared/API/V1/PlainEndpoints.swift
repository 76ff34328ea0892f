// What the interface's first version says in another form than the endpoints that it is made of.

internal import Basics
internal import Storage

/// `GET /api/v1/site`: the place, the moment and the collector.
struct SiteEndpoint: Endpoint {
    static let dependsOnTime = true

    func answer(in context: Context) throws -> Answer {
        Answer { json in CurrentStatusEndpoint.writeMeta(of: context, into: &json) }
    }
}

/// `GET /api/v1/current`: the latest of every PDU that is configured.
struct CurrentEndpoint: Endpoint {
    static let dependsOnTime = true

    func answer(in context: Context) throws -> Answer {
        try CurrentStatusEndpoint.rows(in: context)
    }
}

/// `GET /api/v1/consumers`: the elements of one kind with what each used.
struct ConsumerRowsEndpoint: Endpoint {
    static let dependsOnTime = ConsumersEndpoint.dependsOnTime

    private let consumers: ConsumersEndpoint

    var groupIDs: [Int64] { consumers.groupIDs }

    /// `parameters` have been checked.
    init(_ parameters: QueryParameters) throws(APIError) {
        consumers = try ConsumersEndpoint(parameters)
    }

    func answer(in context: Context) throws -> Answer {
        try consumers.rows(in: context)
    }
}
