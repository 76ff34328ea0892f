package import MIB
package import Metering

/// What `recording` would have given as a reading: the dialogue of the network with the recorded agent.
///
/// - Parameters:
///   - recording: what the agent knows.
///   - catalog: the families to choose from.
///   - hints: what the operator says about the device.
/// - Returns: the reading, or why there is none.
package func decode(
    recording: RecordedWalk,
    catalog: ProfileCatalog,
    hints: DeviceHints = DeviceHints()
) -> Result<DeviceReading, DeviceError> {
    var conversation = DeviceConversation(catalog: catalog, hints: hints)
    RecordedAgent(recording).answer(&conversation)
    return conversation.result ?? .failure(.badResponse("the dialogue ended without a result"))
}
