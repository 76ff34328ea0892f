import Glibc

/// One kernel thread, from start to join.
struct WorkerThread {
    private let handle: pthread_t

    /// Starts a thread that runs `body` and ends.
    init(body: @escaping @Sendable () -> Void) throws {
        let box = Unmanaged.passRetained(ThreadBody(run: body))
        var handle = pthread_t()
        let status = pthread_create(&handle, nil, runThreadBody, box.toOpaque())
        guard status == 0 else {
            box.release()
            throw SocketError("cannot start", "a thread", code: status)
        }
        self.handle = handle
    }

    /// Waits until the thread has ended.
    func join() {
        pthread_join(handle, nil)
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}

private func runThreadBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context {
        Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
    }
    return nil
}
