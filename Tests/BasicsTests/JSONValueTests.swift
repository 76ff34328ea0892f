import Foundation
import TestSupport
import Testing

@testable import Basics

@Suite("JSON that is read")
struct JSONValueTests {
    private func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test("becomes what it says")
    func values() throws {
        #expect(
            try value(#" {"a" : [1, -2.5e+3, true,false ,null], "b":{}, "":"x"} "#)
                == .object([
                    "a": .list([.number("1"), .number("-2.5e+3"), .bool(true), .bool(false), .null]),
                    "b": .object([:]), "": .text("x"),
                ])
        )
        #expect(try value(#""\"\\\/\b\f\n\r\té\uD83D\ude00""#) == .text("\"\\/\u{8}\u{c}\n\r\té😀"))
        #expect(try value("9223372036854775807").integer == .max)
        #expect(try value("9223372036854775808").integer == nil)
        #expect(try value("1.0").integer == nil)
    }

    @Test(
        "is refused where it is none",
        arguments: [
            "", " ", "{", "[", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "[1 2]", "01", "-", "1.", ".5",
            "1e", "+1",
            "tru", "nul", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"",
            "\"\t\"",
            "1 1", "{\"a\":1,\"a\":2}", "NaN", "'a'", "[1]x",
        ]
    )
    func refused(text: String) {
        #expect(throws: JSONError.self) { try value(text) }
    }

    @Test("may lie sixteen deep")
    func depth() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        _ = try value(nested(17))
        #expect(throws: JSONError.self) { try value(nested(18)) }
        #expect(throws: JSONError.self) { try value(String(repeating: "[", count: 100_000)) }
    }

    @Test("is UTF-8")
    func encoding() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test("is what the writer writes", arguments: 0..<50)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let text = String(
            String.UnicodeScalarView(
                (0..<20).compactMap { _ in
                    Unicode.Scalar(UInt32.random(in: 0..<0x3000, using: &generator))
                }
            )
        )
        var json = JSONWriter()
        json.object { $0.member("text", text) }
        #expect(try JSONValue(parsing: json.bytes) == .object(["text": .text(text)]))
    }
}

@Suite("A prefix of addresses")
struct AddressPrefixTests {
    @Test("holds the addresses that begin so, and no others")
    func contains() throws {
        let loopback = try #require(AddressPrefix("127.0.0.0/8"))
        #expect(loopback.contains("127.255.0.1") && loopback.contains("::ffff:127.0.0.1"))
        #expect(!loopback.contains("128.0.0.1") && !loopback.contains("::1") && !loopback.contains("unix:"))
        let odd = try #require(AddressPrefix("192.0.2.128/25"))
        #expect(odd.contains("192.0.2.128") && odd.contains("192.0.2.255") && !odd.contains("192.0.2.127"))
        let one = try #require(AddressPrefix("2001:db8::7"))
        #expect(one.contains("2001:db8:0::7") && !one.contains("2001:db8::8"))
        let all = try #require(AddressPrefix("0.0.0.0/0"))
        #expect(all.contains("203.0.113.9") && !all.contains("2001:db8::1"))
        let six = try #require(AddressPrefix("2001:db8::/33"))
        #expect(six.contains("2001:db8:7fff::") && !six.contains("2001:db8:8000::"))
    }

    @Test(
        "is refused where it is none",
        arguments: [
            "", "/8", "127.0.0.1/", "127.0.0.1/33", "::1/129", "1.2.3", "a/8", "10.0.0.0/-1", "10.0.0.0/+8",
        ]
    )
    func refused(text: String) {
        #expect(AddressPrefix(text) == nil)
    }
}
