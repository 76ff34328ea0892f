package import MIB

/// What `recording` would have given as a reading: the dialogue of the network with the recorded agent.
///
/// - Parameters:
///   - recording: what the agent knows.
///   - catalog: the families to choose from.
///   - hints: what the operator says about the device.
/// - Returns: the dialogue at its end, with the reading, or why there is none.
package func decode(
    recording: RecordedWalk,
    catalog: ProfileCatalog,
    hints: DeviceHints = DeviceHints()
) -> DeviceConversation {
    var conversation = DeviceConversation(catalog: catalog, hints: hints)
    RecordedAgent(recording).answer(&conversation)
    return conversation
}
