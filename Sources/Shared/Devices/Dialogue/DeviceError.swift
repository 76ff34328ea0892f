package import Metering

/// Why a device that answers could not be read.
package enum DeviceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No profile fits it; with what it says it is and what to do.
    case unsupported(String)
    /// It answers, but not in a way that makes sense; with what was wrong.
    case badResponse(String)
    /// It stopped answering in the middle, though asked for less; with what was asked.
    case silent(String)

    /// The reason of the interface contract.
    package var reason: FailureReason {
        switch self {
        case .unsupported: .unsupportedDevice
        case .badResponse: .badResponse
        case .silent: .timeout
        }
    }

    /// One sentence for people.
    package var description: String {
        switch self {
        case .unsupported(let text), .badResponse(let text), .silent(let text): text
        }
    }
}
