import Glibc

/// One request, as the web server hands it over: named parameters, as in CGI (RFC 3875, section 4.1).
package struct Request: Sendable {
    /// All names and values, one after another.
    private let bytes: [UInt8]
    /// Where in `bytes` each name and its value lie.
    private let pairs: [(name: Range<Int>, value: Range<Int>)]
    /// The body; empty when there is none, or when it was too long to be taken.
    package internal(set) var body: [UInt8] = []

    /// The bytes of a parameter, as the web server sent them; absent when it sent none of that name.
    ///
    /// Of parameters sent twice the last counts, so that an `include` in nginx can be overridden below it.
    package func bytes(_ name: String) -> ArraySlice<UInt8>? {
        // A handful of pairs: looking at each is quicker than a table of them.
        pairs.last { bytes[$0.name].elementsEqual(name.utf8) }.map { bytes[$0.value] }
    }

    /// A parameter as text; absent when there is none, or when it is not UTF-8.
    package func text(_ name: String) -> String? {
        bytes(name).flatMap { String(validating: $0, as: UTF8.self) }
    }
}

extension Request {
    /// The request in a null-terminated array of `NAME=value` texts.
    init(environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        var bytes: [UInt8] = []
        var pairs: [(name: Range<Int>, value: Range<Int>)] = []
        var next = environment
        while let entry = next?.pointee {
            let text = UnsafeRawBufferPointer(start: entry, count: strlen(entry))
            if let equals = text.firstIndex(of: UInt8(ascii: "=")) {
                let start = bytes.count
                bytes += text
                pairs.append((start..<start + equals, start + equals + 1..<bytes.count))
            }
            next = next?.advanced(by: 1)
        }
        self.bytes = bytes
        self.pairs = pairs
    }
}
