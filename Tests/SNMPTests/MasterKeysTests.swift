import Basics
import Foundation
import TestSupport
import Testing

@testable import SNMP

@Suite("Keys that are kept between runs") struct MasterKeysTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/snmp-keys" }
    private let passphrase = Secret("maplesyrup")
    /// RFC 3414, A.3.1: the key of "maplesyrup" under MD5.
    private let key: [UInt8] = [
        0x9F, 0xAF, 0x32, 0x83, 0x88, 0x4E, 0x92, 0x83, 0x4E, 0xBC, 0x98, 0x47, 0xD8, 0xED, 0xD9, 0x63,
    ]

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// The file that a run leaves behind which needed one key.
    private func leaveFile(passphrase: Secret? = nil) throws {
        let keys = MasterKeys(keptAt: path)
        _ = keys.key(of: passphrase ?? self.passphrase, hash: .md5)
        try keys.save(isComplete: true)
    }

    private func mode() throws -> UInt32 {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o7777
    }

    /// The identity of the file that is there: another one has been renamed to its place when it changes.
    private func inode() throws -> UInt64 {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return UInt64(status.st_ino)
    }

    @Test("the derived key is that of RFC 3414, and comes back from the file, which only its owner can read")
    func kept() throws {
        #expect(MasterKeys().key(of: passphrase, hash: .md5) == key)
        try leaveFile()
        #expect(try mode() == 0o600)

        let bytes = try readFile(path)
        let bootID = try readFile("/proc/sys/kernel/random/boot_id")
        let kept = try #require(KeptKeys(bytes))
        let mark = try #require(kept.mark(of: passphrase.exposed, hash: .md5, bootID: bootID))
        #expect(kept.key(marked: mark, bootID: bootID) == key)
        #expect(kept.text == bytes)

        let keys = MasterKeys(keptAt: path)
        #expect(keys.problem == nil)
        #expect(keys.key(of: passphrase, hash: .md5) == key)
        let before = try inode()
        try keys.save(isComplete: true)
        let after = try inode()
        #expect(before == after)
    }

    @Test("neither key nor passphrase is in the file, and another boot or another file has other marks")
    func secrecy() throws {
        try leaveFile()
        let bytes = try readFile(path)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("maplesyrup"))
        #expect(!text.lowercased().contains("9faf3283884e9283"))

        let kept = try #require(KeptKeys(bytes))
        let here = try readFile("/proc/sys/kernel/random/boot_id")
        let elsewhere = Array("another boot".utf8)
        let mark = try #require(kept.mark(of: passphrase.exposed, hash: .md5, bootID: here))
        let foreign = kept.mark(of: passphrase.exposed, hash: .md5, bootID: elsewhere)
        #expect(foreign != nil)
        #expect(mark != foreign)
        let masked = try #require(kept.key(marked: mark, bootID: elsewhere))
        #expect(masked != key)
        let other = KeptKeys(bootID: here)?.mark(of: passphrase.exposed, hash: .md5, bootID: here)
        #expect(other != mark)
    }

    @Test("another passphrase, or another hash of the same, is another key")
    func changed() throws {
        try leaveFile()
        let keys = MasterKeys(keptAt: path)
        let other = keys.key(of: Secret("applesyrup"), hash: .md5)
        let longer = keys.key(of: passphrase, hash: .sha256)
        #expect(other == MasterKeys().key(of: Secret("applesyrup"), hash: .md5))
        #expect(longer == MasterKeys().key(of: passphrase, hash: .sha256))
        #expect(other != key)

        // Of what was not needed in a whole run nothing stays, of a run for some PDUs everything.
        try keys.save(isComplete: false)
        let partialBytes = try readFile(path)
        let partial = try #require(KeptKeys(partialBytes))
        #expect(partial.masked.count == 3)
        try keys.save(isComplete: true)
        let completeBytes = try readFile(path)
        let complete = try #require(KeptKeys(completeBytes))
        #expect(complete.masked.count == 2)
    }

    @Test("a file that is damaged is told of, not used, and made anew", arguments: [0, 20, 40, 60, 80, 95])
    func damaged(percent: Int) throws {
        try leaveFile()
        var bytes = try readFile(path)
        bytes[bytes.count * percent / 100] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)

        let keys = MasterKeys(keptAt: path)
        #expect(keys.problem?.description.hasPrefix("\(path) is damaged") == true)
        #expect(keys.key(of: passphrase, hash: .md5) == key)
        try keys.save(isComplete: true)
        #expect(MasterKeys(keptAt: path).problem == nil)
    }

    @Test("a file that is cut short at any byte is damaged")
    func cutShort() throws {
        try leaveFile()
        let bytes = try readFile(path)
        for count in 0..<bytes.count { #expect(KeptKeys(Array(bytes.prefix(count))) == nil) }
    }

    @Test("a file that others can read is told of, not used, and made anew")
    func open() throws {
        try leaveFile()
        chmod(path, 0o640)

        let keys = MasterKeys(keptAt: path)
        #expect(keys.problem?.description.contains("open to other users") == true)
        #expect(keys.key(of: passphrase, hash: .md5) == key)
        try keys.save(isComplete: true)
        #expect(try mode() == 0o600)
        #expect(MasterKeys(keptAt: path).problem == nil)
    }

    @Test("a link, a directory, and a file of before the last boot are not used")
    func others() throws {
        try leaveFile()
        let link = directory.path + "/link"
        symlink(path, link)
        #expect(MasterKeys(keptAt: link).problem != nil)
        #expect(MasterKeys(keptAt: directory.path).problem != nil)

        let boot = directory.path + "/boot_id"
        try Data("another boot\n".utf8).write(to: URL(fileURLWithPath: boot))
        let keys = MasterKeys(keptAt: path, bootIDPath: boot)
        #expect(keys.problem == nil)
        #expect(keys.key(of: passphrase, hash: .md5) == key)
        try keys.save(isComplete: true)
        let keptBytes = try readFile(path)
        let kept = try #require(KeptKeys(keptBytes))
        #expect(kept.isOf(Array("another boot\n".utf8)))
    }

    @Test("without a boot ID, or a directory to write to, keys are derived all the same")
    func nowhere() throws {
        let withoutBoot = MasterKeys(keptAt: path, bootIDPath: directory.path + "/none")
        #expect(withoutBoot.key(of: passphrase, hash: .md5) == key)
        try withoutBoot.save(isComplete: true)
        #expect(access(path, F_OK) != 0)

        let nowhere = MasterKeys(keptAt: directory.path + "/none/snmp-keys")
        #expect(nowhere.key(of: passphrase, hash: .md5) == key)
        #expect(throws: KeyFileProblem.self) { try nowhere.save(isComplete: true) }
    }
}
