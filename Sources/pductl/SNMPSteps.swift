// The way to a PDU's readings, step by step, in the order in which an agent looks at a message (RFC 3414, section 3.2).

import Configuration
import Metering

/// One thing that must be right for a PDU to be read.
enum SNMPStep: String, CaseIterable {
    case reachable
    case user
    case level = "security level"
    case authentication
    case timeWindow = "time window"
    case privacy
    case profile

    /// The steps that are taken with `credential`.
    static func all(for credential: Credential?) -> [SNMPStep] {
        guard case .user(let user)? = credential else { return [.reachable, .profile] }
        return allCases.filter { step in
            switch step {
            case .authentication, .timeWindow: user.authPassphrase != nil
            case .privacy: user.privacyPassphrase != nil
            default: true
            }
        }
    }

    /// The step at which `reason` ends.
    init(_ reason: FailureReason) {
        self =
            switch reason {
            case .timeout, .unreachable, .deadline: .reachable
            case .unknownUser: .user
            case .unsupportedSecurityLevel: .level
            case .wrongAuthPassphrase: .authentication
            case .notInTimeWindow: .timeWindow
            case .wrongPrivacyPassphrase: .privacy
            case .unsupportedDevice, .badResponse: .profile
            }
    }

    /// What went well before `reason`, in words: `reachable ok, user ok`; empty when nothing did.
    static func before(_ reason: FailureReason, with credential: Credential?) -> String {
        all(for: credential).prefix { $0 != SNMPStep(reason) }.map { "\($0.rawValue) ok" }
            .joined(separator: ", ")
    }
}
