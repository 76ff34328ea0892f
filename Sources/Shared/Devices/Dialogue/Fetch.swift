import MIB

/// Whatever is being fetched from an agent at the moment.
enum Fetch: Sendable {
    case objects(ObjectFetch)
    case probes(ProbeFetch)
    case columns(ColumnFetch)

    /// How hard the agent may be asked, as far as it has shown.
    var learnedPace: Pace {
        switch self {
        case .objects(let fetch): fetch.learnedPace
        case .probes(let fetch): fetch.learnedPace
        case .columns(let fetch): fetch.learnedPace
        }
    }

    /// The single values that were read, by the object that was asked about; none of columns.
    var values: [ObjectIdentifier: SNMPValue] {
        switch self {
        case .objects(let fetch): fetch.values
        case .probes(let fetch): fetch.values
        case .columns: [:]
        }
    }

    /// The values of all single objects in the order in which they were named, nil where one is not there; nil when
    /// something else is being fetched.
    var answeredValues: [SNMPValue?]? {
        if case .objects(let fetch) = self { fetch.answers } else { nil }
    }

    /// The columns that were read.
    var columns: [ObjectIdentifier: ColumnValues] {
        if case .columns(let fetch) = self { fetch.values } else { [:] }
    }

    /// What to ask next; nil when everything was read.
    mutating func nextRequest() -> SNMPRequest? {
        switch self {
        case .objects(var fetch):
            defer { self = .objects(fetch) }
            return fetch.nextRequest()
        case .probes(var fetch):
            defer { self = .probes(fetch) }
            return fetch.nextRequest()
        case .columns(var fetch):
            defer { self = .columns(fetch) }
            return fetch.nextRequest()
        }
    }

    /// Takes the answer to the request that `nextRequest` named.
    mutating func receive(_ reply: SNMPReply) throws(DeviceError) {
        switch self {
        case .objects(var fetch):
            try fetch.receive(reply)
            self = .objects(fetch)
        case .probes(var fetch):
            try fetch.receive(reply)
            self = .probes(fetch)
        case .columns(var fetch):
            try fetch.receive(reply)
            self = .columns(fetch)
        }
    }
}
