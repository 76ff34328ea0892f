package import Basics

/// How to prove who asks, and whether to hide what is said.
package enum SNMPCredential: Hashable, Sendable {
    /// SNMPv1 or v2c with a community.
    case community(version: CommunityVersion, Secret)
    /// SNMPv3 with a user.
    case user(SNMPUser)

    /// The versions that know communities only.
    package enum CommunityVersion: Hashable, Sendable {
        case v1
        case v2c
    }
}

/// An SNMPv3 user of the User-based Security Model (RFC 3414).
///
/// The security level follows from what is given.
package struct SNMPUser: Hashable, Sendable {
    /// RFC 3414 section 6 and 7; RFC 7860 for SHA-2.
    package enum Authentication: String, CaseIterable, Sendable {
        case md5 = "MD5"
        case sha = "SHA"
        case sha224 = "SHA-224"
        case sha256 = "SHA-256"
        case sha384 = "SHA-384"
        case sha512 = "SHA-512"
    }

    /// RFC 3414 section 8; RFC 3826; draft-blumenthal-aes-usm-04 for the longer AES keys.
    package enum Privacy: String, CaseIterable, Sendable {
        case des = "DES"
        case aes = "AES"
        case aes192 = "AES-192"
        case aes256 = "AES-256"
    }

    package let name: String
    /// Absent: noAuthNoPriv.
    package let authentication: (Authentication, Secret)?
    /// Absent: noAuthNoPriv or authNoPriv.
    ///
    /// Without effect when `authentication` is absent.
    package let privacy: (Privacy, Secret)?

    /// A user who authenticates and encrypts with what is given.
    package init(name: String, authentication: (Authentication, Secret)?, privacy: (Privacy, Secret)?) {
        self.name = name
        self.authentication = authentication
        self.privacy = privacy
    }

    package static func == (left: SNMPUser, right: SNMPUser) -> Bool {
        left.name == right.name
            && left.authentication?.0 == right.authentication?.0
            && left.authentication?.1 == right.authentication?.1
            && left.privacy?.0 == right.privacy?.0 && left.privacy?.1 == right.privacy?.1
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(authentication?.0)
        hasher.combine(authentication?.1)
        hasher.combine(privacy?.0)
        hasher.combine(privacy?.1)
    }
}

/// What is known of an SNMPv3 engine from the last time it was met (RFC 3414, section 2.2): enough to skip
/// discovery.
package struct SNMPEngine: Hashable, Sendable {
    /// snmpEngineID, 5 to 32 bytes.
    package var id: [UInt8]
    /// snmpEngineBoots.
    package var boots: Int64
    /// snmpEngineTime, seconds, when it was observed.
    package var time: Int64
    /// When boots and time were observed, by this machine's clock.
    package var observedAt: UnixTime

    /// An engine with these values.
    package init(id: [UInt8], boots: Int64, time: Int64, observedAt: UnixTime) {
        self.id = id
        self.boots = boots
        self.time = time
        self.observedAt = observedAt
    }
}

/// An agent to talk to, and how.
package struct SNMPAgent: Sendable {
    /// A name, an IPv4 address or an IPv6 address without brackets.
    package var host: String
    package var port: UInt16
    package var credential: SNMPCredential
    /// How long one attempt waits for its answer, in milliseconds.
    package var timeoutMilliseconds: Int
    /// How many times a request is sent again after the first.
    package var retries: Int
    /// What is known of its engine; absent: discover it.
    package var engine: SNMPEngine?

    /// An agent at `host`.
    package init(
        host: String,
        port: UInt16,
        credential: SNMPCredential,
        timeoutMilliseconds: Int,
        retries: Int,
        engine: SNMPEngine?
    ) {
        self.host = host
        self.port = port
        self.credential = credential
        self.timeoutMilliseconds = timeoutMilliseconds
        self.retries = retries
        self.engine = engine
    }
}

/// Why a dialogue with an agent ended early.
package enum SNMPFailure: Error, Hashable, Sendable {
    /// Nothing came back.
    case timeout
    /// It answers discovery, and then not one request of this user, with or without privacy.
    case ignored
    /// The name does not resolve, or the network refused; with the system's words.
    case unreachable(String)
    /// usmStatsUnknownUserNames.
    case unknownUser
    /// usmStatsWrongDigests.
    case wrongDigest
    /// usmStatsDecryptionErrors, or silence to encrypted requests only.
    case decryptionError
    /// usmStatsUnsupportedSecLevels.
    case unsupportedSecurityLevel
    /// authorizationError: it answers, and denies the user what was asked at this security level.
    case accessDenied
    /// libsnmp cannot make keys of the credential: a protocol that this machine lacks, or a passphrase that is
    /// too short.
    case unusableCredential
    /// usmStatsNotInTimeWindows, after synchronising.
    case notInTimeWindow
    /// Something that is not an SNMP answer to the question; with what was wrong.
    case malformed(String)
    /// The deadline came first.
    case deadline
}
