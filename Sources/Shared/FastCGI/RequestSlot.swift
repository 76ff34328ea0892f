internal import CFastCGI
import Glibc

/// The place where libfcgi reads one thread's requests and writes their answers, one after another: a file in memory.
///
/// The library waits for as long as a client makes it wait, in the middle of a read and of a write. So it never has a
/// client's connection: it finds a whole request in the file, and its answer is taken from there.
///
/// The library keeps the address of its request in its streams, so the request lies on the heap and never moves.
struct RequestSlot: ~Copyable {
    private let request: UnsafeMutablePointer<FCGX_Request>
    /// The file; -1 when there is none yet.
    private var file: Int32 = -1
    /// The same file for the library, which closes what a request came from that it doubts; -1 when it has.
    private var lent: Int32 = -1

    /// An empty slot.
    ///
    /// It has no listening socket (-1): when a request turns out to be of no use, the library, instead of accepting the
    /// next one by itself, returns.
    init() {
        request = .allocate(capacity: 1)
        FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        request.pointee.ipcFd = -1
        FCGX_Free(request, 0)
        request.deallocate()
        if file >= 0 { close(file) }
        if lent >= 0 { close(lent) }
    }

    /// Reads the request whose records are `records`; nil when the library does not understand it.
    mutating func begin(_ records: [UInt8]) -> Request? {
        if file < 0 { file = cfastcgi_memory_file() }
        if lent < 0 { lent = dup(file) }
        guard lent >= 0, ftruncate(file, 0) == 0, pwrite(file, records, records.count, 0) == records.count,
            lseek(file, 0, SEEK_SET) == 0
        else { return nil }
        cfastcgi_adopt(request, lent)
        guard FCGX_Accept_r(request) == 0 else {
            lent = -1
            return nil
        }
        // The answer follows, however much of the request the library has taken.
        guard lseek(file, off_t(records.count), SEEK_SET) >= 0 else { return nil }
        return Request(environment: request.pointee.envp)
    }

    /// Writes `head` and `body` as the answer to the request that was begun with `records`, and gives the records of the
    /// answer with the request's end; nil when there was no memory for them.
    mutating func answer(_ head: [UInt8], _ body: ArraySlice<UInt8>, after records: [UInt8]) -> [UInt8]? {
        let isWritten = write(head[...]) && write(body)
        lent = cfastcgi_finish(request)
        let end = lseek(file, 0, SEEK_END)
        let count = Int(end) - records.count
        guard isWritten, count > 0 else { return nil }
        let file = file
        let answer = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = max(0, pread(file, buffer.baseAddress, count, off_t(records.count)))
        }
        return answer.count == count ? answer : nil
    }

    private func write(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBytes { buffer in
            guard let start = buffer.bindMemory(to: CChar.self).baseAddress else { return true }
            var done = 0
            while done < buffer.count {
                let chunk = Int32(clamping: buffer.count - done)
                guard FCGX_PutStr(start + done, chunk, request.pointee.out) == chunk else { return false }
                done += Int(chunk)
            }
            return true
        }
    }
}
