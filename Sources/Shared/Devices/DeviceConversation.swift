// The dialogue with one device, from "what are you" to a reading: the same for the network and for a recording.
// Everything asked and answered goes through here, nothing here knows how it travels.

package import MIB
package import Metering

/// Identifies a device and reads it.
package struct DeviceConversation: Conversation, Sendable {
    /// The most requests that one device gets; an agent that needs more will never end.
    package static let mostRequests = 200

    /// The reading or why there is none; nil while the dialogue goes on.
    package private(set) var result: Result<DeviceReading, DeviceError>?
    /// How many requests were made so far.
    package private(set) var requestCount = 0
    /// The numbers of further units behind the same address (rPDU2 Network Port Sharing), which were not read.
    package private(set) var unitsNotRead: [Int] = []

    private let catalog: ProfileCatalog
    private let hints: DeviceHints
    private var profile: DeviceProfile?
    private var introduction = Introduction([:])
    private var answers = Answers()
    private var stage: Stage

    /// What is being read.
    ///
    /// A later version can begin at `.columns` with a plan kept from the last run.
    private enum Stage: Sendable {
        case objects(ObjectFetch)
        case columns(ColumnFetch, isFallback: Bool)
    }

    /// A dialogue with a device about which the operator says `hints`, with the families of `catalog`.
    package init(catalog: ProfileCatalog, hints: DeviceHints) {
        self.catalog = catalog
        self.hints = hints
        profile = hints.profile.flatMap(catalog.profile(named:))
        let introduction = [Introduction.sysDescr, Introduction.sysObjectID]
        let questions = profile.map { introduction + $0.objects } ?? catalog.questions
        stage = .objects(ObjectFetch(questions, pace: Pace()))
        if let name = hints.profile, profile == nil {
            let known = catalog.names.joined(separator: ", ")
            result = .failure(.unsupported("there is no profile \"\(name)\"; there are \(known)"))
        }
    }

    package mutating func nextRequest() -> SNMPRequest? {
        while result == nil {
            if let request = nextOfStage() {
                guard requestCount < Self.mostRequests else {
                    let text = "it was not read to the end after \(Self.mostRequests) requests"
                    result = .failure(.badResponse(text))
                    return nil
                }
                requestCount += 1
                return request
            }
            finishStage()
        }
        return nil
    }

    package mutating func receive(_ reply: SNMPReply) {
        guard result == nil else { return }
        do throws(DeviceError) {
            switch stage {
            case .objects(var fetch):
                try fetch.receive(reply)
                stage = .objects(fetch)
            case .columns(var fetch, let isFallback):
                try fetch.receive(reply)
                stage = .columns(fetch, isFallback: isFallback)
            }
        } catch {
            result = .failure(error)
        }
    }

    private mutating func nextOfStage() -> SNMPRequest? {
        switch stage {
        case .objects(var fetch):
            defer { stage = .objects(fetch) }
            return fetch.nextRequest()
        case .columns(var fetch, let isFallback):
            defer { stage = .columns(fetch, isFallback: isFallback) }
            return fetch.nextRequest()
        }
    }
}

// MARK: - From stage to stage

extension DeviceConversation {
    private mutating func finishStage() {
        switch stage {
        case .objects(let fetch):
            answers.objects.merge(fetch.values) { _, new in new }
            introduction = Introduction(answers.objects)
            choose(pace: fetch.learnedPace)
        case .columns(let fetch, let isFallback):
            answers.columns.merge(fetch.values) { old, _ in old }
            decode(isFallback: isFallback, pace: fetch.learnedPace)
        }
    }

    /// After single objects: chooses the profile, reads its single objects if that was not done, then its tables.
    private mutating func choose(pace: Pace) {
        if let profile {
            stage = .columns(ColumnFetch(profile.columns, pace: pace), isFallback: false)
        } else if let found = catalog.bestProfile(for: introduction) {
            profile = found
            stage = .objects(ObjectFetch(found.objects, pace: pace))
        } else {
            result = .failure(.unsupported(unsupportedText))
        }
    }

    private var unsupportedText: String {
        let related = catalog.profiles(relatedTo: introduction).map { profile in
            let probe = profile.recognition.probe
            return "it may be \(profile.name), but it gives no value for \(probe): may the user see that?"
        }
        let advice =
            related.first ?? "if it is a PDU, name its profile in the configuration, or add a profile"
        return "no profile fits it (\(introduction.words)); \(advice)"
    }

    /// After the tables: what is still missing is looked for in the fallbacks, once.
    private mutating func decode(isFallback: Bool, pace: Pace) {
        guard let profile else { return }
        var decoder = ReadingDecoder(profile: profile, answers: answers, introduction: introduction)
        decoder.decode(profile.sources.filter { !$0.isFallback })
        let fallbacks = profile.sources.filter { $0.isFallback && decoder.lacks($0) }
        if !isFallback, !fallbacks.isEmpty {
            stage = .columns(ColumnFetch(fallbacks.flatMap(\.columns), pace: pace), isFallback: true)
            return
        }
        decoder.decode(fallbacks)
        unitsNotRead = decoder.guests
        result = decoder.reading(hints: hints)
    }
}

/// What was read from a device so far.
struct Answers: Sendable {
    var objects: [ObjectIdentifier: SNMPValue] = [:]
    var columns: [ObjectIdentifier: ColumnValues] = [:]
}
