// A device that was read before: what moves is asked for, and everything only when it is not what it was.

import Basics
import MIB
import Metering

extension DeviceConversation {
    /// sysUpTime.0 (SNMPv2-MIB), hundredths of a second.
    static let sysUpTime = ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 3, 0])
    /// How many seconds an agent's clock and ours may go apart before that means anything.
    private static let clockSlack: Int64 = 30

    /// Whether `plan` may be used: its profile is still what it was, and the operator names no other.
    static func isUsable(_ plan: DevicePlan, catalog: ProfileCatalog, hints: DeviceHints) -> Bool {
        (hints.profile == nil || hints.profile == plan.kind.profile)
            && catalog.fingerprint(of: plan.kind.profile) == plan.kind.fingerprint
    }

    /// After what moves: a reading, unless the device is not what it was; then everything is read again.
    mutating func finishKnown() throws(DeviceError) {
        guard let plan, let values = fetch.answeredValues, values.count == plan.kind.asked.count,
            !hasRestarted(values[0], since: plan.takenAt)
        else { return readEverything() }
        var moving: [SNMPValue] = []
        moving.reserveCapacity(values.count - 1)
        for value in values.dropFirst() {
            guard let value else { return readEverything() }
            moving.append(value)
        }
        guard plan.kind.watched.allSatisfy({ moving[$0.moving] == plan.settled[$0.settled] }),
            let reading = reading(plan, moving)
        else { return readEverything() }
        if fetch.learnedPace.isSlower(than: plan.pace) {
            newPlan = plan
            newPlan?.pace = fetch.learnedPace.kept
        }
        result = .success(reading)
    }

    /// What the values `moving` mean: by the recipe, or, where something is not as that takes it to be, by the profile;
    /// nil when nothing was measured.
    private func reading(_ plan: DevicePlan, _ moving: [SNMPValue]) -> DeviceReading? {
        let inputs = ReadingRecipe.Inputs(moving: moving, settled: plan.settled)
        if let recipe = plan.kind.recipe {
            let description = { Introduction.description(plan.settledValue(of: Introduction.sysDescr)) }
            if let reading = recipe.reading(inputs, description: description, hints: hints) { return reading }
        }
        return generalReading(plan, inputs)
    }

    /// What `inputs` mean by the profile; nil when nothing was measured, or there is no such profile.
    func generalReading(_ plan: DevicePlan, _ inputs: ReadingRecipe.Inputs) -> DeviceReading? {
        let settled = zip(plan.kind.settled, plan.settled).map { VariableBinding($0, $1) }
        let moving = zip(plan.kind.moving, inputs.moving).map { VariableBinding($0, $1) }
        let objectID = Introduction(
            Dictionary(settled.map { ($0.identifier, $0.value) }) { first, _ in first }
        ).objectID
        guard
            case .success(let found) = Result(catching: { () throws(ProfileError) in
                try catalog.profile(named: plan.kind.profile, for: objectID)
            }), let profile = found
        else { return nil }
        let answers = Answers(settled: settled, moving: moving, columns: profile.columnSet)
        let introduction = Introduction(answers.objects)
        var decoder = ReadingDecoder(profile: profile, answers: answers, introduction: introduction, log: nil)
        decoder.decode(profile.sources.filter { !$0.isFallback })
        decoder.decode(profile.sources.filter { $0.isFallback && decoder.lacks($0) })
        return try? decoder.reading(hints: hints).get()
    }

    /// Whether an agent that has been up for `upTime` hundredths of a second has started again since.
    private func hasRestarted(_ upTime: SNMPValue?, since takenAt: UnixTime) -> Bool {
        guard case .timeTicks(let ticks)? = upTime else { return false }
        return Int64(ticks) / 100 + Self.clockSlack < now - takenAt
    }

    private mutating func readEverything() {
        profile = nil
        answers = Answers()
        fetch = Self.introduction(pace)
        stage = .introduction
    }
}
