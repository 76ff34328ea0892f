// The dialogue with one device, from "what are you" to a reading: the same for the network and for a recording.
// Everything asked and answered goes through here, nothing here knows how it travels.

package import Basics
package import MIB
package import Metering

/// Identifies a device and reads it.
package struct DeviceConversation: Conversation, Sendable {
    /// The most requests that one device gets; an agent that needs more will never end.
    package static let mostRequests = 1000

    /// The reading or why there is none; nil while the dialogue goes on.
    package internal(set) var result: Result<DeviceReading, DeviceError>?
    /// How many requests were made so far.
    package private(set) var requestCount = 0
    /// How to read the device the next time; absent when the plan that it was read by is still the best.
    package internal(set) var newPlan: DevicePlan?
    /// Where the values of the reading came from.
    package private(set) var origins: [ValueOrigin] = []
    /// The names of the profiles that fit, the best first; none when the profile was given.
    package private(set) var fittingProfiles: [String] = []

    let catalog: ProfileCatalog
    let hints: DeviceHints
    let plan: DevicePlan?
    let now: UnixTime
    /// What the agent can take, as far as that was known before.
    let pace: Pace
    var profile: DeviceProfile?
    var answers = Answers()
    var stage: Stage

    /// What is being read.
    enum Stage: Sendable {
        /// What moves, of a device that was read before.
        case known(ObjectFetch)
        /// What the device says of itself.
        case introduction(ObjectFetch)
        /// Whether the profiles' probes are there: first those that are close, then all.
        case probes(ProbeFetch, Suitors, isLast: Bool)
        /// The profile's single objects.
        case objects(ObjectFetch)
        case columns(ColumnFetch, Round)
        /// Which of the columns are there of which only some rows are wanted.
        case following(ObjectFetch)
        /// Those rows.
        case rows(ObjectFetch, late: [WantedColumn])
    }

    /// Which columns are read.
    enum Round: Sendable {
        /// Those that are wanted whole.
        case first
        /// Those of which some rows were wanted, had it been known which rows there are.
        case late
        /// Those of fallbacks.
        case fallback
    }

    /// A dialogue with a device.
    ///
    /// - Parameters:
    ///   - catalog: the families to choose from.
    ///   - hints: what the operator says about the device.
    ///   - plan: what was learned of it; absent to read everything.
    ///   - former: what was learned of it before, of which only what the agent can take still counts.
    ///   - now: the time of the poll.
    package init(
        catalog: ProfileCatalog,
        hints: DeviceHints,
        plan: DevicePlan? = nil,
        former: DevicePlan? = nil,
        now: UnixTime = UnixTime(0)
    ) {
        self.catalog = catalog
        self.hints = hints
        self.now = now
        pace = plan?.pace ?? former?.pace ?? Pace()
        let profile = plan.flatMap { Self.profile(of: $0, catalog: catalog, hints: hints) }
        self.profile = profile
        self.plan = profile == nil ? nil : plan
        stage = .introduction(Self.introduction(pace))
        if profile != nil, let plan {
            stage = .known(ObjectFetch([Self.sysUpTime] + plan.moving, pace: plan.pace))
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
            do throws(DeviceError) { try finishStage() } catch { result = .failure(error) }
        }
        return nil
    }

    package mutating func receive(_ reply: SNMPReply) {
        guard result == nil else { return }
        do throws(DeviceError) {
            switch stage {
            case .known(var fetch):
                try fetch.receive(reply)
                stage = .known(fetch)
            case .introduction(var fetch):
                try fetch.receive(reply)
                stage = .introduction(fetch)
            case .probes(var fetch, let suitors, let isLast):
                try fetch.receive(reply)
                stage = .probes(fetch, suitors, isLast: isLast)
            case .objects(var fetch):
                try fetch.receive(reply)
                stage = .objects(fetch)
            case .columns(var fetch, let round):
                try fetch.receive(reply)
                stage = .columns(fetch, round)
            case .following(var fetch):
                try fetch.receive(reply)
                stage = .following(fetch)
            case .rows(var fetch, let late):
                try fetch.receive(reply)
                stage = .rows(fetch, late: late)
            }
        } catch {
            result = .failure(error)
        }
    }

    private mutating func nextOfStage() -> SNMPRequest? {
        switch stage {
        case .known(var fetch):
            defer { stage = .known(fetch) }
            return fetch.nextRequest()
        case .introduction(var fetch):
            defer { stage = .introduction(fetch) }
            return fetch.nextRequest()
        case .probes(var fetch, let suitors, let isLast):
            defer { stage = .probes(fetch, suitors, isLast: isLast) }
            return fetch.nextRequest()
        case .objects(var fetch):
            defer { stage = .objects(fetch) }
            return fetch.nextRequest()
        case .columns(var fetch, let round):
            defer { stage = .columns(fetch, round) }
            return fetch.nextRequest()
        case .following(var fetch):
            defer { stage = .following(fetch) }
            return fetch.nextRequest()
        case .rows(var fetch, let late):
            defer { stage = .rows(fetch, late: late) }
            return fetch.nextRequest()
        }
    }
}

// MARK: - From stage to stage

extension DeviceConversation {
    /// The reading of what the device says of itself.
    static func introduction(_ pace: Pace) -> ObjectFetch {
        ObjectFetch([Introduction.sysDescr, Introduction.sysObjectID], pace: pace)
    }

    private mutating func finishStage() throws(DeviceError) {
        switch stage {
        case .known(let fetch): try finishKnown(fetch)
        case .introduction(let fetch):
            answers.objects.merge(fetch.values) { _, new in new }
            try recognise(pace: fetch.learnedPace)
        case .probes(let fetch, var suitors, let isLast):
            suitors.take(fetch.values)
            try choose(among: suitors, isLast: isLast, pace: fetch.learnedPace)
        case .objects(let fetch):
            answers.objects.merge(fetch.values) { _, new in new }
            guard let profile else { return }
            stage = .columns(ColumnFetch(profile.columns, pace: fetch.learnedPace), .first)
        case .columns(let fetch, let round):
            answers.columns.merge(fetch.values) { old, _ in old }
            finishColumns(round, pace: fetch.learnedPace)
        case .following(let fetch):
            askForRows(of: Set(fetch.values.keys), pace: fetch.learnedPace)
        case .rows(let fetch, let late):
            guard let profile else { return }
            let bindings = fetch.values.sorted { $0.key < $1.key }.map { VariableBinding($0, $1) }
            answers.take(bindings, columns: profile.columnSet)
            stage = .columns(ColumnFetch(late, pace: fetch.learnedPace), .late)
        }
    }

    private mutating func finishColumns(_ round: Round, pace: Pace) {
        let following = round == .first ? profile?.followingColumns ?? [] : []
        guard following.isEmpty else {
            // Firmware has not all of them, and each object that is not there costs an SNMPv1 agent a request.
            stage = .following(ObjectFetch(following.map(\.column), asking: .firstBelow, pace: pace))
            return
        }
        decode(isFallback: round == .fallback, pace: pace)
    }

    /// After it is known which columns are `there`: asks for the rows of them that are wanted.
    private mutating func askForRows(of there: Set<ObjectIdentifier>, pace: Pace) {
        let following = (profile?.followingColumns ?? []).filter { there.contains($0.column) }
        var objects: [ObjectIdentifier] = []
        var late: [WantedColumn] = []
        for column in following {
            if let wanted = column.objects(answers.columns) {
                objects += wanted
            } else {
                late.append(WantedColumn(column: column.column, key: nil))
            }
        }
        stage = .rows(ObjectFetch(objects, pace: pace), late: late)
    }

    /// After the introduction: asks for the probes of the families that it points to, or reads the family that the
    /// operator names.
    private mutating func recognise(pace: Pace) throws(DeviceError) {
        let device = Introduction(answers.objects)
        if let name = hints.profile {
            guard let named = try profile(named: name, of: device) else {
                let known = catalog.names.joined(separator: ", ")
                throw .unsupported("there is no profile \"\(name)\"; there are \(known)")
            }
            profile = named
            stage = .objects(ObjectFetch(named.objects, pace: pace))
            return
        }
        let profiles: [DeviceProfile]
        do throws(ProfileError) {
            profiles = try catalog.profiles(for: device.objectID)
        } catch {
            throw .unsupported("a profile cannot be read: \(error)")
        }
        let suitors = Suitors(of: device, among: profiles)
        stage = .probes(ProbeFetch(suitors.closeProbes, pace: pace), suitors, isLast: false)
    }

    private mutating func choose(among suitors: Suitors, isLast: Bool, pace: Pace) throws(DeviceError) {
        if !suitors.hasCloseFit, !isLast {
            stage = .probes(ProbeFetch(suitors.otherProbes, pace: pace), suitors, isLast: true)
            return
        }
        let ranked = suitors.ranked
        guard let best = ranked.first else { throw .unsupported(unsupportedText(suitors)) }
        fittingProfiles = ranked.map(\.name)
        profile = best
        stage = .objects(ObjectFetch(best.objects, pace: pace))
    }

    private func profile(named name: String, of device: Introduction) throws(DeviceError) -> DeviceProfile? {
        do throws(ProfileError) {
            return try catalog.profile(named: name, for: device.objectID)
        } catch {
            throw .unsupported("its profile cannot be read: \(error)")
        }
    }

    private func unsupportedText(_ suitors: Suitors) -> String {
        let related = suitors.related.map { profile in
            let probe = profile.recognition.probes.map(\.description).joined(separator: " or ")
            return "it may be \(profile.name), but it gives no value for \(probe): may the user see that?"
        }
        let advice =
            related.first ?? "if it is a PDU, name its profile in the configuration, or add a profile"
        return "no profile fits it (\(Introduction(answers.objects).words)); \(advice)"
    }

    /// After the tables: what is still missing is looked for in the fallbacks, once.
    private mutating func decode(isFallback: Bool, pace: Pace) {
        guard let profile else { return }
        let log = ReadingLog()
        let introduction = Introduction(answers.objects)
        var decoder = ReadingDecoder(profile: profile, answers: answers, introduction: introduction, log: log)
        decoder.decode(profile.sources.filter { !$0.isFallback })
        let fallbacks = profile.sources.filter { $0.isFallback && decoder.lacks($0) }
        let columns = fallbacks.flatMap(\.columns)
        if !isFallback, !columns.isEmpty {
            stage = .columns(ColumnFetch(columns, pace: pace), .fallback)
            return
        }
        decoder.decode(fallbacks)
        let reading = decoder.reading(hints: hints)
        if case .success = reading {
            newPlan = DevicePlan(profile: profile, at: now, pace: pace, answers: answers, log: log)
        }
        origins = log.origins(host: decoder.host)
        result = reading
    }
}
