// Walking a device over the network: the same agents and failures as a poll, another conversation.

package import Configuration
package import MIB
package import Metering
import SNMP

/// Walks devices for recordings.
package struct Recorder: Sendable {
    private let configuration: Configuration

    /// A recorder with the credentials of `configuration`, which must have been loaded with its secrets.
    package init(configuration: Configuration) {
        self.configuration = configuration
    }

    /// Carries `walk` on with the agent of `pdu` until it ends, or until `deadline`, by
    /// `SystemClock.monotonicMilliseconds()`.
    package func carryOn(_ walk: SubtreeWalk, with pdu: PDUConfiguration, deadline: Int64) -> RecordedDevice {
        guard let credential = configuration.credentials[pdu.credential],
            let agent = SNMPAgent(pdu, credential, engine: nil)
        else {
            let text = "the credential \"\(pdu.credential)\" is not in the configuration"
            return RecordedDevice(walk: walk, failure: (.badResponse, text))
        }
        let exchange = Exchange(window: 1, deadline: deadline)
        guard let result = exchange.run([(agent, walk)]).first else {
            return RecordedDevice(walk: walk, failure: (.badResponse, "there was no dialogue"))
        }
        let failure = result.failure.map { ($0.reason, $0.sentence(about: pdu)) }
        return RecordedDevice(walk: result.conversation, failure: failure)
    }
}

/// What a walk over the network gave.
package struct RecordedDevice: Sendable {
    /// The walk, as far as it came.
    package let walk: SubtreeWalk
    /// Why the network ended it early, as a reason and a sentence for people; absent when it did not.
    package let failure: (reason: FailureReason, sentence: String)?
}
