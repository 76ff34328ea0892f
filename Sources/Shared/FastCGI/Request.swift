import Glibc

/// One request, as the web server hands it over: named parameters, as in CGI (RFC 3875, section 4.1).
package struct Request: Sendable {
    private let parameters: [String: [UInt8]]

    /// A request of these parameters.
    package init(parameters: [String: [UInt8]]) {
        self.parameters = parameters
    }

    /// The bytes of a parameter, as the web server sent them; absent when it sent none of that name.
    package func bytes(_ name: String) -> [UInt8]? {
        parameters[name]
    }

    /// A parameter as text; absent when there is none, or when it is not UTF-8.
    package func text(_ name: String) -> String? {
        parameters[name].flatMap { String(validating: $0, as: UTF8.self) }
    }
}

extension Request {
    /// The request in a null-terminated array of `NAME=value` texts; of parameters sent twice the last
    /// counts, so that an `include` in nginx can be overridden below it.
    init(environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        var parameters: [String: [UInt8]] = [:]
        var next = environment
        while let entry = next?.pointee {
            let text = UnsafeRawBufferPointer(start: entry, count: strlen(entry))
            if let equals = text.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(decoding: text[..<equals], as: UTF8.self)
                parameters[name] = Array(text[(equals + 1)...])
            }
            next = next?.advanced(by: 1)
        }
        self.init(parameters: parameters)
    }
}
