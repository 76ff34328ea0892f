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
    ///
    /// The first two bytes say how many are the kind's; the plan comes after those.
    static let plan = FuzzTarget("plan") { input in
        guard input.count >= 2 else { return .refused }
        let rest = input.dropFirst(2)
        let kindBytes = Array(rest.prefix(Int(input[0]) << 8 | Int(input[1])))
        guard let kind = DeviceKind(kindBytes),
            let plan = DevicePlan(Array(rest.dropFirst(kindBytes.count)), kind: { _ in kind })
        else { return .refused }
        let again = DevicePlan(plan.bytes) { _ in kind }
        precondition(again?.bytes == plan.bytes, "a plan is another one when it was kept")
        follow(plan, to: RecordedWalk([]))
        follow(plan, to: RecordedWalk(kind.askedObjects.map { VariableBinding($0, .integer(1)) }))
        return .taken
    }

    /// Reads an agent that knows `walk` by `plan`.
    private static func follow(_ plan: DevicePlan, to walk: RecordedWalk) {
        var conversation = DeviceConversation(catalog: catalog, hints: DeviceHints(), plan: plan)
        RecordedAgent(walk).answer(&conversation)
        precondition(conversation.result != nil, "the dialogue ended without a result")
    }
}
