import Testing

@testable import API

@Suite("The parameters of a query")
struct QueryParametersTests {
    private func parse(_ query: String) throws -> QueryParameters {
        try QueryParameters(Array(query.utf8))
    }

    @Test(
        "are decoded as browsers encode them",
        arguments: [
            ("a=b", "b"), ("a=%62", "b"), ("%61=b", "b"), ("a=b+c", "b c"), ("a=%2B", "+"), ("a=", ""),
            ("a", ""),
            ("&&a=b&&", "b"), ("a=b=c", "b=c"), ("x=1&a=%E2%82%AC", "€"), ("a=%c3%A9", "é"),
        ]
    )
    func decoding(query: String, value: String) throws {
        #expect(try parse(query).single("a") == value)
    }

    @Test("keep every repetition, in order")
    func repetition() throws {
        #expect(try parse("i[]=1&b=2&i%5B%5D=3").all("i[]") == ["1", "3"])
    }

    @Test("are absent when they are not there")
    func absence() throws {
        #expect(try parse("").single("a") == nil)
    }

    @Test(
        "are refused with 400 when they are not well-formed",
        arguments: ["a=%", "a=%4", "a=%zz", "a=%f", "%=1", "a=%FF", "a=%C3%28", "a=%ED%A0%80", "unknown=%9"]
    )
    func malformed(query: String) {
        #expect { try parse(query) } throws: { ($0 as? APIError)?.status == 400 }
    }

    @Test("may be as long as the limit, and are refused with 414 beyond it")
    func length() throws {
        let longest = "a=" + String(repeating: "b", count: QueryParameters.longest - 2)

        #expect(try parse(longest).single("a")?.count == QueryParameters.longest - 2)
        #expect { try parse(longest + "b") } throws: { ($0 as? APIError)?.status == 414 }
    }

    @Test("may be as many as the limit, and are refused with 400 beyond it")
    func count() throws {
        let most = String(repeating: "a&", count: QueryParameters.most)

        #expect(try parse(most).all("a").count == QueryParameters.most)
        #expect { try parse(most + "a") } throws: { ($0 as? APIError)?.status == 400 }
    }

    @Test("are refused with 400 when one that has one value is given twice")
    func ambiguous() {
        #expect { try parse("a=1&a=1").single("a") } throws: { ($0 as? APIError)?.status == 400 }
    }
}
