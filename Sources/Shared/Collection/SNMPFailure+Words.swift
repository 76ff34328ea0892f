// Each way in which SNMP fails, as the contract's reason and as one sentence: what failed, where, what to do. The
// sentences reach the log and the web page, so they name the credential and never the user.

import Configuration
import Metering
import SNMP

extension SNMPFailure {
    /// The reason of the interface contract.
    var reason: FailureReason {
        switch self {
        case .timeout, .ignored: .timeout
        case .unreachable: .unreachable
        case .unknownUser: .unknownUser
        case .wrongDigest: .wrongAuthPassphrase
        case .decryptionError: .wrongPrivacyPassphrase
        case .unsupportedSecurityLevel, .accessDenied, .unusableCredential: .unsupportedSecurityLevel
        case .notInTimeWindow: .notInTimeWindow
        case .malformed: .badResponse
        case .deadline: .deadline
        }
    }

    /// One sentence for people.
    func sentence(about pdu: PDUConfiguration) -> String {
        let address = pdu.address
        let credential = "credential \"\(pdu.credential)\""
        switch self {
        case .timeout:
            return
                "no answer from \(address) to \(pdu.retries + 1) requests of \(pdu.timeout) s: check that it"
                + " is on, that UDP port \(pdu.port) is open, and that SNMP is enabled there for this"
                + " \(credential) (a wrong community, too, is met with silence)"
        case .ignored:
            return "\(address) answers discovery but not one request with \(credential): check user,"
                + " passphrases and protocols, and whether this machine may ask there"
        case .unreachable(let words):
            return "\(address) cannot be reached: \(words); check the address, and that SNMP is enabled there"
        case .unknownUser:
            return "\(address) does not know the user of \(credential): create it there, or correct user"
        case .wrongDigest:
            return "\(address) rejects the authentication of \(credential): correct auth_passphrase, or"
                + " auth_protocol"
        case .decryptionError:
            return "\(address) accepts the authentication of \(credential) but cannot decrypt: correct"
                + " privacy_passphrase, or privacy_protocol"
        case .unsupportedSecurityLevel:
            return "\(address) does not offer the security_level of \(credential) to its user: set the"
                + " protocols there, or choose another level"
        case .accessDenied:
            return "\(address) answers, but denies access to the user of \(credential): give the user the"
                + " right to read there, at this security_level, or choose a higher level"
        case .unusableCredential:
            return "\(address) was not asked: the libraries of this machine cannot make the keys of"
                + " \(credential); choose another auth_protocol or privacy_protocol"
        case .notInTimeWindow:
            return "\(address) keeps refusing the time of its own clock: restart its SNMP agent or management"
                + " card"
        case .malformed(let words):
            return "\(address) does not answer as an SNMP agent does: \(words)"
        case .deadline:
            return "the run's deadline came before \(address) had answered everything: see poll.deadline,"
                + " timeout and retries"
        }
    }
}
