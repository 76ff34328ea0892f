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
    /// What is being fetched, and what for.
    var fetch: Fetch
    var stage: Stage

    /// What is being read.
    enum Stage: Sendable {
        /// What moves, of a device that was read before.
        case known
        /// What the device says of itself.
        case introduction
        /// Whether the profiles' probes are there: first those that are close, then all.
        case probes(Suitors, isLast: Bool)
        /// The profile's single objects.
        case objects
        case columns(Round)
        /// Which of the columns are there of which only some rows are wanted.
        case following
        /// Those rows.
        case rows(late: [WantedColumn])
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
        if let plan, Self.isUsable(plan, catalog: catalog, hints: hints) {
            self.plan = plan
            fetch = .objects(ObjectFetch(distinct: plan.kind.asked, pace: plan.pace))
            stage = .known
        } else {
            self.plan = nil
            fetch = Self.introduction(pace)
            stage = .introduction
        }
    }

    package mutating func nextRequest() -> SNMPRequest? {
        while result == nil {
            if let request = fetch.nextRequest() {
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
        do throws(DeviceError) { try fetch.receive(reply) } catch { result = .failure(error) }
    }
}

// MARK: - From stage to stage

extension DeviceConversation {
    /// The reading of what the device says of itself.
    static func introduction(_ pace: Pace) -> Fetch {
        .objects(ObjectFetch([Introduction.sysDescr, Introduction.sysObjectID], pace: pace))
    }

    private mutating func finishStage() throws(DeviceError) {
        let pace = fetch.learnedPace
        switch stage {
        case .known: try finishKnown()
        case .introduction:
            answers.objects.merge(fetch.values) { _, new in new }
            try recognise(pace: pace)
        case .probes(var suitors, let isLast):
            suitors.take(fetch.values)
            try choose(among: suitors, isLast: isLast, pace: pace)
        case .objects:
            answers.objects.merge(fetch.values) { _, new in new }
            read(profile?.columns ?? [], .first, pace: pace)
        case .columns(let round):
            answers.columns.merge(fetch.columns) { old, _ in old }
            finishColumns(round, pace: pace)
        case .following: askForRows(of: Set(fetch.values.keys), pace: pace)
        case .rows(let late):
            let bindings = fetch.values.sorted { $0.key < $1.key }.map { VariableBinding($0, $1) }
            answers.take(bindings, columns: profile?.columnSet ?? [])
            read(late, .late, pace: pace)
        }
    }

    private mutating func read(_ columns: [WantedColumn], _ round: Round, pace: Pace) {
        fetch = .columns(ColumnFetch(columns, pace: pace))
        stage = .columns(round)
    }

    private mutating func readObjects(of profile: DeviceProfile, pace: Pace) {
        self.profile = profile
        fetch = .objects(ObjectFetch(profile.objects, pace: pace))
        stage = .objects
    }

    private mutating func probe(_ objects: [ObjectIdentifier], _ suitors: Suitors, isLast: Bool, pace: Pace) {
        fetch = .probes(ProbeFetch(objects, pace: pace))
        stage = .probes(suitors, isLast: isLast)
    }

    private mutating func finishColumns(_ round: Round, pace: Pace) {
        let following = round == .first ? profile?.followingColumns ?? [] : []
        guard following.isEmpty else {
            // Firmware has not all of them, and each object that is not there costs an SNMPv1 agent a request.
            fetch = .objects(ObjectFetch(following.map(\.column), asking: .firstBelow, pace: pace))
            stage = .following
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
        fetch = .objects(ObjectFetch(objects, pace: pace))
        stage = .rows(late: late)
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
            readObjects(of: named, pace: pace)
            return
        }
        let profiles: [DeviceProfile]
        do throws(ProfileError) {
            profiles = try catalog.profiles(for: device.objectID)
        } catch {
            throw .unsupported("a profile cannot be read: \(error)")
        }
        let suitors = Suitors(of: device, among: profiles)
        probe(suitors.closeProbes, suitors, isLast: false, pace: pace)
    }

    private mutating func choose(among suitors: Suitors, isLast: Bool, pace: Pace) throws(DeviceError) {
        if !suitors.hasCloseFit, !isLast {
            probe(suitors.otherProbes, suitors, isLast: true, pace: pace)
            return
        }
        let ranked = suitors.ranked
        guard let best = ranked.first else { throw .unsupported(unsupportedText(suitors)) }
        fittingProfiles = ranked.map(\.name)
        readObjects(of: best, pace: pace)
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
            read(columns, .fallback, pace: pace)
            return
        }
        decoder.decode(fallbacks)
        let reading = decoder.reading(hints: hints)
        if case .success(let read) = reading {
            newPlan = DevicePlan(
                profile: profile,
                at: now,
                pace: pace,
                answers: answers,
                log: log,
                fallbacks: fallbacks,
                reading: read,
                hints: hints
            )
        }
        origins = log.origins(host: decoder.host)
        result = reading
    }
}
