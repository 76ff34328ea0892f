// A device that was read before: what moves is asked for, and everything only when it is not what it was.

import Basics
import MIB
import Metering

extension DeviceConversation {
    /// sysUpTime.0 (SNMPv2-MIB), hundredths of a second.
    static let sysUpTime = ObjectIdentifier([1, 3, 6, 1, 2, 1, 1, 3, 0])
    /// How many seconds an agent's clock and ours may go apart before that means anything.
    private static let clockSlack: Int64 = 30

    /// The profile that `plan` was made with, if it would still be used.
    static func profile(
        of plan: DevicePlan,
        catalog: ProfileCatalog,
        hints: DeviceHints
    ) -> DeviceProfile? {
        guard hints.profile == nil || hints.profile == plan.profile else { return nil }
        let values = Dictionary(plan.settled.map { ($0.identifier, $0.value) }) { first, _ in first }
        guard
            case .success(let found) = Result(catching: { () throws(ProfileError) in
                try catalog.profile(named: plan.profile, for: Introduction(values).objectID)
            })
        else { return nil }
        return found?.fingerprint == plan.fingerprint ? found : nil
    }

    /// After what moves: a reading, unless the device is not what it was; then everything is read again.
    mutating func finishKnown() throws(DeviceError) {
        let values = fetch.values
        guard let plan, let profile, !hasRestarted(values[Self.sysUpTime], since: plan.takenAt),
            plan.moving.allSatisfy({ values[$0] != nil }),
            plan.settled.allSatisfy({ (values[$0.identifier] ?? $0.value) == $0.value })
        else { return readEverything() }
        let columns = profile.columnSet
        var answers = Answers()
        answers.take(plan.settled, columns: columns)
        answers.take(
            values.sorted { $0.key < $1.key }.map { VariableBinding($0, $1) },
            columns: columns
        )
        let introduction = Introduction(answers.objects)
        var decoder = ReadingDecoder(profile: profile, answers: answers, introduction: introduction, log: nil)
        decoder.decode(profile.sources.filter { !$0.isFallback })
        decoder.decode(profile.sources.filter { $0.isFallback && decoder.lacks($0) })
        guard case .success(let reading) = decoder.reading(hints: hints) else { return readEverything() }
        if fetch.learnedPace.isSlower(than: plan.pace) {
            newPlan = plan
            newPlan?.pace = fetch.learnedPace.kept
        }
        result = .success(reading)
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
