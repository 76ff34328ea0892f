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
}
