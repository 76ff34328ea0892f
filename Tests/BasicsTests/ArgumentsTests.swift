import Testing

@testable import Basics

@Suite("Arguments") struct ArgumentsTests {
    private static let options = [
        Arguments.Option.config,
        Arguments.Option("--pdu", value: "NAME", isRepeatable: true, "only this PDU"),
        Arguments.Option("--json", "print JSON"),
    ]

    private func parse(_ arguments: String...) throws(UsageError) -> Arguments {
        try Arguments(arguments, options: Self.options)
    }

    @Test("options, values and operands are told apart in any order")
    func order() throws {
        let arguments = try parse(
            "probe",
            "--config",
            "a.yaml",
            "--pdu=Left PDU",
            "10.0.0.1",
            "--pdu",
            "B=2",
            "--json"
        )

        #expect(arguments.operands == ["probe", "10.0.0.1"])
        #expect(arguments.configurationPath == "a.yaml")
        #expect(arguments.values("--pdu") == ["Left PDU", "B=2"])
        #expect(arguments.has("--json"))
    }

    @Test("after -- nothing is an option, and a lone dash never is")
    func endOfOptions() throws {
        let arguments = try parse("-", "--", "--json", "--")

        #expect(arguments.operands == ["-", "--json", "--"])
        #expect(!arguments.has("--json"))
    }

    @Test("without --config the usual place is meant")
    func usualPlace() throws {
        #expect(try parse().configurationPath == "/etc/pdu-monitor/pdu-monitor.yaml")
    }

    @Test(
        "each mistake is named",
        arguments: [
            (["--jsno"], "unknown option --jsno; did you mean --json?"),
            (["-x"], "unknown option -x"),
            (["--pdu"], "--pdu needs a value: --pdu NAME"),
            (["--config="], "--config needs a value: --config FILE"),
            (["--json=1"], "--json takes no value"),
            (["--config", "a", "--config", "b"], "--config is given more than once"),
        ]
    )
    func mistakes(arguments: [String], message: String) {
        #expect {
            try Arguments(arguments, options: Self.options)
        } throws: { error in
            (error as? UsageError)?.description == message
        }
    }

    @Test("the usage text lists the options in columns")
    func summaries() {
        let text = Arguments.summaries(of: Array(Self.options.dropFirst()))

        #expect(text == "  --pdu NAME...  only this PDU\n  --json         print JSON\n")
    }
}

@Suite("nearestName") struct NearestNameTests {
    @Test(
        "a slip of the keyboard finds the name",
        arguments: [
            ("intervall", "interval"), ("deadlien", "deadline"), ("TIMEOUT", "timeout"), ("zzz", nil),
        ]
    )
    func nearest(text: String, name: String?) {
        #expect(nearestName(to: text, among: ["interval", "deadline", "timeout"]) == name)
    }
}
