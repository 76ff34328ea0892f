// A FastCGI client in bytes, so that a test can also say what no web server would.

import Glibc

/// A connection to a responder under test.
final class RawClient {
    private let descriptor: Int32

    /// Connects to the socket at `path`; nil when nobody listens.
    init?(_ path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { return nil }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    /// Sends what the responder still takes.
    func send(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Everything up to the end of the connection.
    func receiveAll() -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return all }
            all += chunk[..<count]
        }
    }

    /// The text of the answer to a request of `parameters`.
    func answer(to parameters: [(String, String)], body: [UInt8] = []) -> String {
        send(Wire.request(parameters, body: body))
        return Wire.output(in: receiveAll())
    }
}

/// The protocol's bytes.
enum Wire {
    static let begin: [UInt8] = record(kind: 1, [0, 1, 0, 0, 0, 0, 0, 0])

    static func record(
        kind: UInt8,
        _ content: [UInt8],
        id: UInt16 = 1,
        version: UInt8 = 1,
        padding: Int = 0
    ) -> [UInt8] {
        let length = content.count
        let header = [
            version, kind, UInt8(id >> 8), UInt8(id & 255), UInt8(length >> 8), UInt8(length & 255),
            UInt8(padding), 0,
        ]
        return header + content + [UInt8](repeating: 0, count: padding)
    }

    static func pair(_ name: String, _ value: String) -> [UInt8] {
        length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
    }

    static func request(_ parameters: [(String, String)], body: [UInt8] = []) -> [UInt8] {
        let pairs = parameters.flatMap { pair($0.0, $0.1) }
        let content = body.isEmpty ? [] : record(kind: 5, body)
        return begin + record(kind: 4, pairs, padding: 3) + record(kind: 4, []) + content
            + record(kind: 5, [])
    }

    /// What the records of kind "output" in `bytes` hold, if the request was also ended.
    static func output(in bytes: [UInt8]) -> String {
        var rest = bytes[...]
        var text: [UInt8] = []
        while rest.count >= 8 {
            let start = rest.startIndex
            let length = Int(rest[start + 4]) << 8 | Int(rest[start + 5])
            if rest[start + 1] == 3 { return String(decoding: text, as: UTF8.self) }
            if rest[start + 1] == 6 { text += rest[(start + 8)..<(start + 8 + length)] }
            rest = rest.dropFirst(8 + length + Int(rest[start + 6]))
        }
        return "not ended: " + String(decoding: text, as: UTF8.self)
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count > 127 else { return [UInt8(count)] }
        return [
            UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255),
        ]
    }
}
