import CNetSNMP
import Synchronization

// libsnmp encodes, decodes, authenticates and encrypts here; sockets, time-outs and the order of things are
// ours. Its session layer is not used: it resolves names and discovers engines while everybody waits, it
// answers reports behind our back, and its user table is one for the whole process, so that two PDUs with the
// same engine ID and different passphrases, which badly cloned cards are, would spoil each other.

/// libsnmp as this process holds it.
enum Library {
    /// Whether libsnmp has been made ready.
    private static let isReady = Mutex(false)

    /// Runs `body` as the only user of libsnmp in this process, whose tables are global and unprotected.
    static func exclusively(_ body: () -> Void) {
        isReady.withLock { isReady in
            if !isReady {
                csnmp_start()
                isReady = true
            }
            body()
        }
    }
}
