import Basics
import Foundation
import Testing

@Suite("JSON")
struct JSONWriterTests {
    @Test("objects and arrays nest, with commas where they belong")
    func structure() {
        var json = JSONWriter()

        json.object { json in
            json.member("a", 1)
            json.member("b") { json in
                json.array { json in
                    json.value("x")
                    json.null()
                    json.object { _ in }
                    json.array { _ in }
                }
            }
            json.member("c", true)
            json.member("d", FixedPoint(thousandths: 1500))
            json.member("e", Double.nan)
        }

        #expect(json.text == #"{"a":1,"b":["x",null,{},[]],"c":true,"d":1.5,"e":null}"#)
    }

    @Test("every text comes back as it went in")
    func texts() throws {
        let text = "\"\\\u{0}\u{1F}\u{7F}\n\t</script>é😀\u{2028}"
        var json = JSONWriter()

        json.array { $0.value(text) }

        let back = try #require(JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String])
        #expect(back == [text])
        #expect(!json.text.contains("<"))
    }

    @Test("numbers that are whole are written as such")
    func numbers() {
        var json = JSONWriter()
        json.array { json in
            json.value(3.0)
            json.value(0.1)
            json.value(1e20)
            json.value(Int64.min)
        }
        #expect(json.text == "[3,0.1,1e+20,-9223372036854775808]")
    }

    @Test(
        "decimal numbers are exact, in their shortest form",
        arguments: [
            (0, "0", "0"), (1, "0.001", "0.000001"), (-1, "-0.001", "-0.000001"), (1000, "1", "0.001"),
            (1_250_500, "1250.5", "1.2505"), (-10, "-0.01", "-0.00001"),
            (Int64.max, "9223372036854775.807", "9223372036854.775807"),
            (Int64.min, "-9223372036854775.808", "-9223372036854.775808"),
        ]
    )
    func decimals(parts: Int64, thousandths: String, millionths: String) {
        var json = JSONWriter()
        json.array { json in
            json.value(FixedPoint(thousandths: parts))
            json.value(millionths: parts)
        }

        #expect(json.text == "[\(thousandths),\(millionths)]")
    }

    @Test("numbers are padded to a width, and never cut")
    func padding() {
        #expect(padded(7) == "07")
        #expect(padded(0) == "00")
        #expect(padded(123) == "123")
        #expect(padded(-7) == "-07")
        #expect(padded(2024, to: 4) == "2024")
        #expect(padded(33, to: 4) == "0033")
    }
}
