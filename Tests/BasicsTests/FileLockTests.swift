import Foundation
import Testing

@testable import Basics

@Suite("FileLock") struct FileLockTests {
    private let path = NSTemporaryDirectory() + "lock-\(UUID().uuidString)"

    @Test("is held once, and free again when its holder is gone")
    func once() throws {
        do {
            let lock = try FileLock(path: path)
            #expect(throws: FileLockError.held(path: path)) { _ = try FileLock(path: path) }
            _ = consume lock
        }

        let again = try FileLock(path: path)
        _ = consume again
        unlink(path)
    }

    @Test("a place that does not exist is named, with the reason")
    func missingDirectory() {
        let path = "/nonexistent/lock"
        #expect(throws: FileLockError.unusable(path: path, errno: ENOENT)) { _ = try FileLock(path: path) }
    }
}
