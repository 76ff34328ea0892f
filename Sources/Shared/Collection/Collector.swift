// The joint of configuration, network and device knowledge: every PDU of a run becomes an agent and a
// conversation, all are carried on at once, and whatever became of each is a value.

package import Basics
package import Configuration
package import Devices
import MIB
package import Metering
package import SNMP

/// Reads PDUs over the network.
package struct Collector: Sendable {
    private let configuration: Configuration
    private let catalog: ProfileCatalog

    /// A collector for the PDUs of `configuration`, which must have been loaded with its credentials, with the
    /// families of `catalog`.
    package init(configuration: Configuration, catalog: ProfileCatalog) {
        self.configuration = configuration
        self.catalog = catalog
    }

    /// Reads `pdus`, all at once, and says what became of each.
    ///
    /// - Parameters:
    ///   - pdus: some or all of the configuration's.
    ///   - engines: the SNMPv3 engines met in earlier runs, by the address in the configuration.
    ///   - plans: what earlier runs learned of how to read them, by their keys.
    ///   - keys: the keys of former runs, to which those are added that are derived.
    ///   - now: the time of the run.
    ///   - deadline: when to stop, by `SystemClock.monotonicMilliseconds()`.
    /// - Returns: what became of each, in their order.
    package func collect(
        _ pdus: [PDUConfiguration],
        engines: [String: SNMPEngine],
        plans: KnownPlans = KnownPlans(),
        keys: MasterKeys = MasterKeys(),
        now: UnixTime,
        deadline: Int64
    ) -> [CollectedPDU] {
        var outcomes: [CollectedPDU?] = pdus.map { _ in nil }
        var dialogues: [(SNMPAgent, DeviceConversation)] = []
        var positions: [Int] = []
        let kinds = DeviceKinds(plans.kinds)
        for (position, pdu) in pdus.enumerated() {
            guard let credential = configuration.credentials[pdu.credential],
                let agent = SNMPAgent(pdu, credential, engine: engines[pdu.address])
            else {
                let text = "the credential \"\(pdu.credential)\" is not in the configuration"
                outcomes[position] = CollectedPDU(pdu, .failed(.badResponse, text))
                continue
            }
            let hints = DeviceHints(
                profile: pdu.profile,
                nominalVoltage: pdu.nominalVoltage,
                powerFactor: pdu.powerFactor
            )
            let plan = plans.plans[pdu.key].flatMap { DevicePlan($0, kinds: kinds) }
            let schedule = plan.map { PlanSchedule(takenAt: $0.takenAt) }
            let isCurrent = schedule?.isCurrent(at: now, of: pdu.key) ?? false
            let conversation = DeviceConversation(
                catalog: catalog,
                hints: hints,
                plan: isCurrent ? plan : nil,
                former: schedule?.knowsPace(at: now) == true ? plan : nil,
                now: now
            )
            dialogues.append((agent, conversation))
            positions.append(position)
        }
        let exchange = Exchange(window: configuration.poll.concurrency, deadline: deadline, keys: keys)
        for (position, result) in zip(positions, exchange.run(dialogues)) {
            outcomes[position] = CollectedPDU(pdus[position], result)
        }
        return outcomes.compactMap { $0 }
    }
}

/// What earlier runs learned of how to read devices, as they kept it.
package struct KnownPlans: Sendable {
    /// The plans, by the keys of their PDUs.
    package var plans: [String: [UInt8]]
    /// What they have in common, by the keys of the kinds.
    package var kinds: [Int64: [UInt8]]

    /// Plans of these parts; without any, everything is read.
    package init(plans: [String: [UInt8]] = [:], kinds: [Int64: [UInt8]] = [:]) {
        self.plans = plans
        self.kinds = kinds
    }
}

/// One PDU after a run.
package struct CollectedPDU: Sendable {
    package let configuration: PDUConfiguration
    package let outcome: PollOutcome
    /// Milliseconds from the first request to the last answer; absent when nothing answered.
    package let latencyMilliseconds: Int64?
    /// The SNMPv3 engine that answered, for the next run; absent when none did.
    package let engine: SNMPEngine?
    /// How many requests were sent, repetitions included.
    package let requests: Int
    /// How to read it the next time; absent when what is known of that holds.
    package let newPlan: DevicePlan?
    /// Where the values of the reading came from; none when only what moves was read.
    package let origins: [ValueOrigin]
    /// The names of the profiles that fit it, the best first, as far as it had to be recognised.
    package let fittingProfiles: [String]

    /// What became of `configuration` without a word to the network.
    init(_ configuration: PDUConfiguration, _ outcome: PollOutcome) {
        self.configuration = configuration
        self.outcome = outcome
        latencyMilliseconds = nil
        engine = nil
        requests = 0
        newPlan = nil
        origins = []
        fittingProfiles = []
    }

    /// What became of `configuration` by the dialogue that ended with `result`.
    init(_ configuration: PDUConfiguration, _ result: DialogueResult<DeviceConversation>) {
        self.configuration = configuration
        latencyMilliseconds = result.latencyMilliseconds
        engine = result.engine
        requests = result.requests
        newPlan = result.conversation.newPlan
        origins = result.conversation.origins
        fittingProfiles = result.conversation.fittingProfiles
        switch (result.conversation.result, result.failure) {
        case (.success(let reading), _):
            outcome = .read(reading)
        case (.failure(.silent(let text)), _):
            outcome = .failed(.timeout, "\(configuration.address) fell silent: \(text)")
        case (.failure(let error), _):
            outcome = .failed(error.reason, "\(configuration.address) answers, but \(error)")
        case (nil, let failure):
            let failure = failure ?? .malformed("the dialogue ended without a result")
            outcome = .failed(failure.reason, failure.sentence(about: configuration))
        }
    }
}
