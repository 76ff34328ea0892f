import CNetSNMP
import MIB

/// Turns requests into datagrams and datagrams into answers, by way of libsnmp.
struct MessageCodec {
    /// What libsnmp takes for granted about every message; no network session belongs to it.
    private var session: netsnmp_session

    init() {
        session = netsnmp_session()
        // One UDP datagram: what net-snmp's own tools announce, and so what agents are used to.
        session.rcvMsgMaxSize = 65507
        session.sndMsgMaxSize = Int(SNMP_MAX_MSG_SIZE)
    }

    /// The datagram that asks `request`; nil when libsnmp cannot encode it.
    mutating func encode(
        _ request: SNMPRequest,
        _ security: MessageSecurity,
        requestID: Int,
        messageID: Int
    ) -> [UInt8]? {
        let isV1 = if case .community(.v1, _) = security { true } else { false }
        guard let message = Self.message(request, isV1: isV1) else { return nil }
        defer { snmp_free_pdu(message) }
        message.pointee.reqid = requestID
        message.pointee.msgid = messageID
        switch security {
        case .community(_, let community):
            message.pointee.version = security.version
            message.pointee.community = Self.copy(Array(community.utf8))
            message.pointee.community_len = community.utf8.count
            return encoded(message)
        case .discovery:
            Self.forgetClocks()
            Self.address(message, to: [], user: "", level: .noAuthNoPriv)
            return encoded(message)
        case .user(let name, let user, let level, let boots, let time):
            Self.address(message, to: user.engineID, user: name, level: level)
            Self.setClock(of: user.engineID, boots: boots, time: time)
            return user.installed { encoded(message) }
        }
    }

    /// What `datagram` says, checked and decrypted with the keys of `security`.
    mutating func decode(
        _ datagram: [UInt8],
        _ security: MessageSecurity
    ) throws(UnreadableMessage) -> ReceivedMessage {
        guard MessageFrame.isSound(datagram) else {
            throw UnreadableMessage(reason: "not an SNMP message, or a damaged one")
        }
        guard let raw = calloc(1, MemoryLayout<netsnmp_pdu>.size) else {
            throw UnreadableMessage(reason: "out of memory")
        }
        let message = raw.bindMemory(to: netsnmp_pdu.self, capacity: 1)
        defer { snmp_free_pdu(message) }
        // libsnmp takes no other version than this for an answer.
        session.version = security.version
        let status: Int32
        if case .user(_, let user, _, let boots, let time) = security {
            Self.setClock(of: user.engineID, boots: boots, time: time)
            status = user.installed { decoded(datagram, message) }
        } else {
            Self.forgetClocks()
            status = decoded(datagram, message)
        }
        return try Self.understood(message.pointee, status, SecurityHeader(datagram), security)
    }

    private mutating func encoded(_ message: UnsafeMutablePointer<netsnmp_pdu>) -> [UInt8]? {
        session.version = message.pointee.version
        let datagram = [UInt8](unsafeUninitializedCapacity: Int(SNMP_MAX_MSG_SIZE)) { buffer, count in
            count = csnmp_encode(&session, message, buffer.baseAddress, buffer.count)
        }
        return datagram.isEmpty ? nil : datagram
    }

    private mutating func decoded(_ datagram: [UInt8], _ message: UnsafeMutablePointer<netsnmp_pdu>) -> Int32
    {
        // A copy, because checking the digest writes zeros over it.
        var bytes = datagram
        return csnmp_decode(&session, message, &bytes, bytes.count)
    }

    /// The answer in `message`, which libsnmp decoded with `status`.
    private static func understood(
        _ message: netsnmp_pdu,
        _ status: Int32,
        _ header: SecurityHeader?,
        _ security: MessageSecurity
    ) throws(UnreadableMessage) -> ReceivedMessage {
        let bindings = variableBindings(message.variables)
        let content: ReceivedMessage.Content
        if message.command == csnmp_report, header != nil, let counter = bindings.first?.identifier {
            // Reports tell what is wrong before there are keys to check them with: those are taken as they are,
            // and one that lies can do no more than silence would.
            content = .report(Report(counter: counter))
        } else {
            guard status == 0 else { throw UnreadableMessage(reason: words(for: status)) }
            guard message.command == csnmp_response else {
                throw UnreadableMessage(reason: "neither a response nor a report")
            }
            if case .user(let name, let user, let level, _, _) = security {
                guard message.securityLevel == level.rawValue, header?.engineID == user.engineID,
                    text(message.securityName, message.securityNameLen) == name
                else { throw UnreadableMessage(reason: "a response with another level, engine or user") }
            }
            content = .response(errorStatus: message.errstat, errorIndex: message.errindex, bindings)
        }
        return ReceivedMessage(
            content: content,
            messageID: message.msgid,
            requestID: message.reqid,
            isAuthentic: status == 0 && message.securityLevel >= SecurityLevel.authNoPriv.rawValue,
            header: header
        )
    }

    /// A message that asks `request`, to be freed with `snmp_free_pdu`.
    private static func message(_ request: SNMPRequest, isV1: Bool) -> UnsafeMutablePointer<netsnmp_pdu>? {
        let (command, identifiers) =
            switch request {
            case .get(let identifiers): (csnmp_get, identifiers)
            case .getNext(let identifiers): (csnmp_get_next, identifiers)
            case .getBulk(let identifiers, _): (isV1 ? csnmp_get_next : csnmp_get_bulk, identifiers)
            }
        guard let message = snmp_pdu_create(command) else { return nil }
        if case .getBulk(_, let repetitions) = request, !isV1 {
            // Of GETBULK: non-repeaters and max-repetitions (RFC 3416, section 3).
            message.pointee.errstat = 0
            message.pointee.errindex = repetitions
        }
        for identifier in identifiers {
            let oid = identifier.components.map { UInt($0) }
            snmp_add_null_var(message, oid, oid.count)
        }
        return message
    }

    /// Addresses an SNMPv3 message to `user` of the engine `engineID`.
    private static func address(
        _ message: UnsafeMutablePointer<netsnmp_pdu>,
        to engineID: [UInt8],
        user: String,
        level: SecurityLevel
    ) {
        message.pointee.version = Int(SNMP_VERSION_3)
        message.pointee.securityModel = Int32(SNMP_SEC_MODEL_USM)
        message.pointee.securityLevel = level.rawValue
        message.pointee.securityName = strdup(user)
        message.pointee.securityNameLen = user.utf8.count
        message.pointee.contextName = strdup("")
        guard !engineID.isEmpty else { return }
        message.pointee.securityEngineID = copy(engineID)
        message.pointee.securityEngineIDLen = engineID.count
        message.pointee.contextEngineID = copy(engineID)
        message.pointee.contextEngineIDLen = engineID.count
    }

    /// Tells libsnmp what time it is at an engine, as authentic.
    ///
    /// The table is of the process; it never holds more than the engine of the call that is under way.
    private static func setClock(of engineID: [UInt8], boots: UInt32, time: UInt32) {
        forgetClocks()
        set_enginetime(engineID, u_int(engineID.count), boots, time, 1)
    }

    /// Empties libsnmp's table of clocks.
    ///
    /// Taking out one engine would hash its ID once more, which takes as long as a tenth of the whole message.
    private static func forgetClocks() {
        free_etimelist()
    }

    /// A copy that libsnmp frees.
    private static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<UInt8>? {
        guard let copy = malloc(max(1, bytes.count)) else { return nil }
        copy.copyMemory(from: bytes, byteCount: bytes.count)
        return copy.assumingMemoryBound(to: UInt8.self)
    }

    private static func text(_ bytes: UnsafeMutablePointer<CChar>?, _ length: Int) -> String {
        String(
            decoding: UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : length),
            as: UTF8.self
        )
    }

    /// libsnmp's words for one of its error numbers.
    private static func words(for status: Int32) -> String {
        snmp_api_errstring(status).map { String(cString: $0) } ?? "error \(status)"
    }
}
