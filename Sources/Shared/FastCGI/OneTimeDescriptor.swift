import Glibc
import Synchronization

/// A descriptor that any thread may close, and that is closed once.
final class OneTimeDescriptor: Sendable {
    private let descriptor: Mutex<Int32>

    /// Takes over `descriptor`.
    init(_ descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    /// Closes it, unless that has been done.
    func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}
