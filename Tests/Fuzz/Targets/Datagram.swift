// What an agent, or whoever speaks in its name, sends: SNMP of every version, checked and taken apart by libsnmp with
// our own reader beside it.

import Basics
import MIB
import Synchronization

@testable import SNMP

extension FuzzTarget {
    /// A byte that chooses what was asked with, and a datagram.
    static let datagram = FuzzTarget("datagram", longest: 3000) { input in
        guard let first = input.first else { return .refused }
        let datagram = Array(input.dropFirst())
        if let header = SecurityHeader(datagram) { check(header) }
        var outcome = Outcome.refused
        Library.exclusively {
            outcome = askers.withLock { askers in
                if askers == nil { askers = Askers() }
                let security = askers?.security(first, for: datagram) ?? .discovery
                return isUnderstood(datagram, security) ? .taken : .refused
            }
        }
        return outcome
    }

    /// Made when libsnmp is ready.
    private static let askers = Mutex<Askers?>(nil)

    private static func isUnderstood(_ datagram: [UInt8], _ security: MessageSecurity) -> Bool {
        var codec = MessageCodec()
        do {
            let message = try codec.decode(datagram, security)
            switch message.content {
            case .response(_, _, let bindings):
                for binding in bindings { checkWriting(of: binding) }
            case .report(let report):
                if case .other(let counter) = report { precondition(!counter.description.isEmpty) }
            }
            return true
        } catch {
            precondition(!error.reason.isEmpty)
            return false
        }
    }

    private static func check(_ header: SecurityHeader) {
        precondition(header.engineID.count <= 32)
        guard let clock = EngineClock(header, now: 5000) else { return }
        let kept = clock.kept(wallClock: UnixTime(1_774_742_400), now: 65_000)
        precondition((0...Int64(Int32.max)).contains(kept.time), "no time that an engine can have")
    }
}

/// Those who asked, so that an answer may be for them.
private struct Askers {
    /// The engine of the agent that the seeds came from.
    private static let engineID: [UInt8] = [0x80, 0, 0x1F, 0x88, 0x04] + Array("fuzz-engine".utf8)

    private static let protocols: [(SNMPUser.Authentication?, SNMPUser.Privacy?)] = [
        (nil, nil), (.md5, .des), (.sha, .aes), (.sha256, nil), (.sha512, .aes256),
    ]

    private var users: [(user: SNMPUser, localized: LocalizedUser)] = []

    /// One for each of some pairs of protocols, with the names that tests give them.
    ///
    /// Keys take a while to make.
    init() {
        let keys = MasterKeys()
        for (hash, cipher) in Self.protocols {
            let user = SNMPUser(
                name: "user-\(hash?.rawValue ?? "none")-\(cipher?.rawValue ?? "none")",
                authentication: hash.map { ($0, Secret("authentication-secret")) },
                privacy: cipher.map { ($0, Secret("privacy-secret")) }
            )
            guard let localized = LocalizedUser(user, engineID: Self.engineID, keys: keys) else {
                preconditionFailure("this machine's OpenSSL lacks what \(user.name) needs")
            }
            users.append((user, localized))
        }
    }

    /// How `datagram` was asked for by whom `choice` stands for, at the time that it names itself: whoever sent it
    /// knows the time.
    func security(_ choice: UInt8, for datagram: [UInt8]) -> MessageSecurity {
        switch Int(choice) % (users.count + 3) {
        case 0: return .community(.v1, "public")
        case 1: return .community(.v2c, "public")
        case 2: return .discovery
        case let number:
            let (user, localized) = users[number - 3]
            let clock = EngineClock(SecurityHeader(datagram), now: 0)?.reading(now: 0)
            return .user(
                name: user.name,
                localized,
                user.level,
                boots: clock?.boots ?? 1,
                time: clock?.time ?? 1
            )
        }
    }
}
