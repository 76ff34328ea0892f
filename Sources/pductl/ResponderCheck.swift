// Asks the responder what nginx would ask it: one FastCGI request over its socket (FastCGI 1.0, sections 3 and 5).

import Basics
import Configuration
import Glibc

/// Whether the responder answers, and from the database.
enum ResponderCheck {
    static func run(_ configuration: Configuration, _ findings: Findings) {
        let path = configuration.web.socket
        do throws(ResponderError) {
            let status = try ResponderQuestion(socket: path).status()
            if status == 200 {
                findings.ok("responder", "\(path) answers")
            } else {
                let advice = "look into its log: journalctl -u pdu-fcgi"
                findings.problem("responder", "\(path) answers with status \(status)", advice: advice)
            }
        } catch {
            // The socket is for the web server alone, so that this says nothing of the responder.
            if case .system(EACCES) = error {
                let text = "\(path): not to be tried by this user"
                findings.warn("responder", text, advice: "sudo pductl check")
            } else {
                findings.problem("responder", "\(path): \(error)", advice: advice(for: error))
            }
        }
    }

    private static func advice(for error: ResponderError) -> String {
        switch error {
        case .system: "start it: sudo systemctl enable --now pdu-fcgi.socket"
        case .answer: "look into its log: journalctl -u pdu-fcgi"
        }
    }
}

/// Why the responder gave no answer that can be read.
private enum ResponderError: Error, CustomStringConvertible {
    /// The system's error number.
    case system(Int32)
    /// What came is no answer.
    case answer(String)

    var description: String {
        switch self {
        case .system(let number): systemErrorText(number)
        case .answer(let text): text
        }
    }
}

/// One question to the responder at a socket.
private struct ResponderQuestion {
    let socket: String

    /// Begin a request as a responder, its parameters, the end of both streams; request 1.
    private static let request: [UInt8] = {
        let parameters = [
            ("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/api/pdus"), ("DOCUMENT_URI", "/api/pdus"),
            ("SCRIPT_NAME", "/api/pdus"), ("QUERY_STRING", ""), ("SERVER_PROTOCOL", "HTTP/1.1"),
        ]
        let pairs = parameters.flatMap { name, value in
            [UInt8(name.utf8.count), UInt8(value.utf8.count)] + Array(name.utf8) + Array(value.utf8)
        }
        return record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + record(4, pairs) + record(4, []) + record(5, [])
    }()

    private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 255), 0, 0] + content
    }

    /// The status of the answer.
    func status() throws(ResponderError) -> Int {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        try connect(descriptor)
        let sent = send(descriptor, Self.request, Self.request.count, Int32(MSG_NOSIGNAL))
        guard sent == Self.request.count else { throw .system(errno) }
        return try parsed(try answer(descriptor))
    }

    private func connect(_ descriptor: Int32) throws(ResponderError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard socket.utf8.count < room.count else { return false }
            room.copyBytes(from: socket.utf8)
            return true
        }
        guard fits else { throw .system(ENAMETOOLONG) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw .system(errno) }
    }

    /// Everything until the responder ends the connection; at most 1 MiB.
    private func answer(_ descriptor: Int32) throws(ResponderError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < 1 << 20 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw errno == EAGAIN ? .answer("no answer within 5 seconds") : .system(errno)
            }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// The `Status` field of the standard output in `bytes`; 200 where there is none (RFC 3875, section 6.3.3).
    private func parsed(_ bytes: [UInt8]) throws(ResponderError) -> Int {
        var rest = bytes[...]
        var output: [UInt8] = []
        while rest.count >= 8 {
            let head = Array(rest.prefix(8))
            let length = Int(head[4]) << 8 | Int(head[5])
            let content = rest.dropFirst(8).prefix(length)
            if head[1] == 6 { output += content }
            rest = rest.dropFirst(8 + length + Int(head[6]))
        }
        let lines = String(decoding: output, as: UTF8.self).split(
            separator: "\r\n",
            omittingEmptySubsequences: false
        )
        guard lines.count > 1 else { throw .answer("what answers there does not speak FastCGI") }
        for line in lines.prefix(while: { !$0.isEmpty }) where line.lowercased().hasPrefix("status:") {
            let digits = line.dropFirst(7).drop { $0 == " " }.prefix(3)
            return Int(digits) ?? 0
        }
        return 200
    }
}
