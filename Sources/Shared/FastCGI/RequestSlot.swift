internal import CFastCGI
import Glibc

/// The place where one thread's requests are held, one after another.
///
/// The library keeps the address of its request in its streams, so the request lies on the heap and never
/// moves.
struct RequestSlot: ~Copyable {
    private let request: UnsafeMutablePointer<FCGX_Request>

    /// An empty slot.
    ///
    /// It has no listening socket (-1): when a connection turns out to be of no use, the library, instead of
    /// accepting the next one by itself, returns.
    init() {
        request = .allocate(capacity: 1)
        FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        FCGX_Free(request, 1)
        request.deallocate()
    }

    /// Reads the request that `connection` begins with; nil when there is none, and then `connection` is
    /// closed.
    mutating func begin(on connection: Int32) -> Request? {
        cfastcgi_adopt(request, connection)
        guard FCGX_Accept_r(request) == 0 else { return nil }
        return Request(environment: request.pointee.envp)
    }

    /// Writes `bytes` as the answer.
    ///
    /// A browser that went away is no error: there is nobody left to tell.
    mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            guard let start = buffer.bindMemory(to: CChar.self).baseAddress else { return }
            var sent = 0
            while sent < buffer.count {
                let chunk = Int32(clamping: buffer.count - sent)
                guard FCGX_PutStr(start + sent, chunk, request.pointee.out) == chunk else { return }
                sent += Int(chunk)
            }
        }
    }

    /// Ends the request; whether its connection is still open, and the caller's to close.
    mutating func finish() -> Bool {
        cfastcgi_finish(request) >= 0
    }
}
