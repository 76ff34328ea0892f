import Basics
import Devices
import MIB

extension FuzzTarget {
    private static let catalog = ProfileCatalog.builtIn()

    /// The whole way from what an agent answers to a reading, and to the plan of the next poll.
    static let device = FuzzTarget("device", seeds: "Tests/devices/fixtures", longest: 60_000) { input in
        guard let walk = try? RecordedWalk(parsing: input, file: "fuzz") else { return .refused }
        let conversation = decode(recording: walk, catalog: catalog)
        switch conversation.result {
        case .success:
            if let plan = conversation.newPlan { follow(plan, to: walk) }
            return .taken
        case .failure(let error):
            precondition(!error.description.isEmpty)
            return .refused
        case nil: preconditionFailure("the dialogue ended without a result")
        }
    }

    /// The reader of plans that were kept: one that it takes is the same when it has been written and read, and a
    /// dialogue by it comes to an end.
    static let plan = FuzzTarget("plan") { input in
        guard let plan = DevicePlan(input) else { return .refused }
        precondition(DevicePlan(plan.bytes) == plan, "a plan is another one when it was kept")
        follow(plan, to: RecordedWalk([]))
        return .taken
    }

    /// Reads an agent that knows `walk` by `plan`.
    private static func follow(_ plan: DevicePlan, to walk: RecordedWalk) {
        var conversation = DeviceConversation(catalog: catalog, hints: DeviceHints(), plan: plan)
        RecordedAgent(walk).answer(&conversation)
        precondition(conversation.result != nil, "the dialogue ended without a result")
    }
}
