import Basics
import CNetSNMP

/// The keys that passphrases become (RFC 3414, appendix A.2: Ku), each derived once, when it is first needed.
///
/// Deriving hashes a mebibyte; making a key good for one engine (`LocalizedUser`) is then one short hash. So they can
/// be kept in a file between runs.
package final class MasterKeys {
    private struct Source: Hashable {
        let passphrase: Secret
        let hash: SNMPUser.Authentication
    }

    private var keys: [Source: [UInt8]] = [:]
    private let file: KeyFile?
    private let bootID: [UInt8]
    /// What the file should hold; absent where nothing is kept.
    private var kept: KeptKeys?
    /// The marks of the passphrases that were needed.
    private var used: Set<[UInt8]> = []
    private var mustBeSaved = false
    /// Why the file that is there was not used; absent when nothing is wrong with it.
    package private(set) var problem: KeyFileProblem?

    /// Keys that nobody keeps.
    package init() {
        file = nil
        bootID = []
    }

    /// The keys that former runs kept in the file at `path`, as far as they can be used: see `problem`.
    ///
    /// `bootIDPath` is where the kernel tells its boot ID, without which nothing is kept.
    package init(keptAt path: String, bootIDPath: String = "/proc/sys/kernel/random/boot_id") {
        let file = KeyFile(path: path)
        self.file = file
        do throws(FileError) { bootID = try readFile(bootIDPath, limit: 4096) } catch {
            bootID = []
            return
        }
        do throws(KeyFileProblem) {
            if let bytes = try file.read() {
                kept = KeptKeys(bytes)
                if kept == nil { problem = file.problem("is damaged") }
            }
        } catch {
            problem = error
        }
        // Those of before the last boot are under masks that nobody knows any more.
        if kept?.isOf(bootID) != true { kept = KeptKeys(bootID: bootID) }
        mustBeSaved = problem != nil
    }

    /// Keeps the keys in the file that they were read from, where any are new.
    ///
    /// With `isComplete`, those that were not needed are forgotten: of a credential that is no longer used, or has
    /// another passphrase now. Throws `KeyFileProblem`.
    package func save(isComplete: Bool) throws(KeyFileProblem) {
        guard let file, var kept else { return }
        if isComplete { kept.keepOnly(used) }
        guard mustBeSaved || kept != self.kept, let text = kept.text else { return }
        try file.write(text)
        self.kept = kept
        mustBeSaved = false
    }

    /// The key of `passphrase` under `hash`; nil when libsnmp refuses it (shorter than 8 bytes, or a hash
    /// that this machine's OpenSSL does not allow).
    func key(of passphrase: Secret, hash: SNMPUser.Authentication) -> [UInt8]? {
        let source = Source(passphrase: passphrase, hash: hash)
        if let key = keys[source] { return key }
        let mark = kept?.mark(of: passphrase.exposed, hash: hash, bootID: bootID)
        if let mark { used.insert(mark) }
        if let mark, let key = kept?.key(marked: mark, bootID: bootID) {
            keys[source] = key
            return key
        }
        // RFC 3414, section 11.2 wants eight characters; libsnmp's own tools refuse fewer, too.
        guard passphrase.exposed.utf8.count >= 8 else { return nil }
        // libsnmp's generate_Ku would hash the same mebibyte 64 bytes at a time, which takes four times as long.
        let text = Self.repeated(Array(passphrase.exposed.utf8), count: 1 << 20)
        guard let key = LibraryDigest.digest(text, by: hash) else { return nil }
        keys[source] = key
        if let mark {
            kept?.keep(key, marked: mark, bootID: bootID)
            mustBeSaved = true
        }
        return key
    }

    /// `bytes` again and again, `count` bytes in all.
    private static func repeated(_ bytes: [UInt8], count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for (place, byte) in bytes.prefix(count).enumerated() { buffer[place] = byte }
            initialized = min(bytes.count, count)
            // What is there already, appended to itself, until it is enough: the period stays.
            while initialized < count, let start = buffer.baseAddress {
                let more = min(initialized - initialized % bytes.count, count - initialized)
                (start + initialized).initialize(from: start, count: more)
                initialized += more
            }
        }
    }
}

extension SNMPUser.Authentication {
    /// The number that libsnmp gives the protocol (snmpusm.h).
    var libraryType: Int32 {
        switch self {
        case .md5: NETSNMP_USMAUTH_HMACMD5
        case .sha: NETSNMP_USMAUTH_HMACSHA1
        case .sha224: NETSNMP_USMAUTH_HMAC128SHA224
        case .sha256: NETSNMP_USMAUTH_HMAC192SHA256
        case .sha384: NETSNMP_USMAUTH_HMAC256SHA384
        case .sha512: NETSNMP_USMAUTH_HMAC384SHA512
        }
    }
}

extension SNMPUser.Privacy {
    /// The number that libsnmp gives the protocol (snmpusm.h); its longer AES keys are Blumenthal's.
    var libraryType: Int32 {
        switch self {
        case .des: USM_CREATE_USER_PRIV_DES
        case .aes: USM_CREATE_USER_PRIV_AES
        case .aes192: csnmp_aes192
        case .aes256: csnmp_aes256
        }
    }
}
