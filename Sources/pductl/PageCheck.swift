// Looks for the site of nginx that shows the page, and asks it for the page as a browser would.

import Basics
import Glibc

/// Whether nginx shows the page.
enum PageCheck {
    /// Where the page lies below a site, as the snippet has it.
    private static let path = "/pdu/"

    /// Looks into nginx's configuration in `directory`.
    static func run(nginx directory: String, _ findings: Findings) {
        guard access(directory, F_OK) == 0 else {
            findings.warn("nginx", "there is no \(directory)", advice: "sudo apt install nginx")
            return
        }
        guard let site = NginxSite.first(in: directory) else {
            let advice =
                "sudo ln -s ../sites-available/pdu-monitor \(directory)/sites-enabled/ && sudo nginx -t && sudo nginx -s reload"
            findings.warn(
                "nginx",
                "no enabled site in \(directory) includes snippets/pdu-monitor.conf",
                advice: advice
            )
            return
        }
        guard let port = site.port else {
            findings.ok(
                "nginx",
                "\(site.file) includes the page; it is asked for with TLS only, so look yourself"
            )
            return
        }
        findings.ok("nginx", "\(site.file) includes the page")
        let url = "http://\(site.host):\(port)\(path)"
        do throws(PageError) {
            let status = try PageQuestion(host: site.host, port: port, path: path).status()
            switch status {
            case 200: findings.ok("page", "\(url) answers")
            case 401, 403: findings.ok("page", "\(url) asks who is there (\(status))")
            default:
                let advice = "see what nginx says: sudo tail /var/log/nginx/error.log"
                findings.problem("page", "\(url) answers with \(status)", advice: advice)
            }
        } catch {
            let advice = "sudo nginx -t && sudo systemctl restart nginx"
            findings.problem("page", "\(url): \(error)", advice: advice)
        }
    }
}

/// A file of nginx's configuration that includes the page.
struct NginxSite {
    let file: String
    /// Where to ask, an IPv4 address.
    let host: String
    /// Nil where it listens with TLS only, or on no address of IPv4.
    let port: Int?

    /// The first in the usual directories below `directory`, in the order of names.
    static func first(in directory: String) -> NginxSite? {
        for folder in ["sites-enabled", "conf.d"] {
            for name in names(in: "\(directory)/\(folder)") {
                let path = "\(directory)/\(folder)/\(name)"
                guard let bytes = try? readFile(path, limit: 1 << 20) else { continue }
                let text = String(decoding: bytes, as: UTF8.self)
                if let site = NginxSite(text, file: path) { return site }
            }
        }
        return nil
    }

    /// The site in `text`; nil where it does not include the page.
    init?(_ text: String, file: String) {
        let lines = text.split(separator: "\n").map { line in
            line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == ";" }.map(String.init)
        }
        guard
            lines.contains(where: { $0.first == "include" && $0.last?.hasSuffix("pdu-monitor.conf") == true })
        else { return nil }
        self.file = file
        let plain = lines.first { line in
            line.first == "listen" && line.count > 1 && !line.contains("ssl") && !line[1].hasPrefix("[")
                && !line[1].hasPrefix("unix:")
        }
        let parts = plain?[1].split(separator: ":").map(String.init) ?? []
        port = parts.last.flatMap(Int.init) ?? (parts.isEmpty ? nil : 80)
        let address = parts.count > 1 || Int(parts.first ?? "") == nil ? parts.first : nil
        host = address.flatMap { $0 == "*" || $0 == "0.0.0.0" ? nil : $0 } ?? "127.0.0.1"
    }

    private static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}

/// Why the page gave no answer.
enum PageError: Error, CustomStringConvertible {
    /// The system's error number.
    case system(Int32)
    /// What came is no answer of a web server.
    case answer

    var description: String {
        switch self {
        case .system(EAGAIN): "no answer within 5 seconds"
        case .system(let number): systemErrorText(number)
        case .answer: "what answers there does not speak HTTP"
        }
    }
}

/// One question to a web server.
struct PageQuestion {
    /// An IPv4 address.
    let host: String
    let port: Int
    let path: String

    /// The status of the answer.
    func status() throws(PageError) -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw .system(EADDRNOTAVAIL) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw .system(errno) }
        let request = Array("GET \(path) HTTP/1.0\r\nHost: \(host)\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw .system(errno)
        }
        var head: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64)
        while head.count < 12 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count >= 0 else { throw .system(errno) }
            guard count > 0 else { break }
            head += chunk[..<count]
        }
        // `HTTP/1.1 200 OK`
        let words = String(decoding: head, as: UTF8.self).split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1].prefix(3)) else {
            throw .answer
        }
        return status
    }
}
