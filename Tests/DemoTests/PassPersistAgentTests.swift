import Basics
import MIB
import Testing

@testable import pdu_demo

@Suite("The demonstration's SNMP agent")
struct PassPersistAgentTests {
    /// What the agent answers to `lines`.
    private func answers(_ model: DemoUnit.Model, to lines: [String]) -> [String] {
        var questions = lines[...]
        var output = ""
        let agent = PassPersistAgent(
            unit: DemoUnit(model),
            clock: { UnixTime(1_709_550_000) },
            readLine: { questions.popFirst() },
            write: { output += $0 }
        )
        agent.run()
        return output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test("says that it is there")
    func pong() {
        #expect(answers(.rpdu2, to: ["PING"]) == ["PONG"])
    }

    @Test("gives an object by its identifier")
    func get() {
        let model = answers(.rpdu2, to: ["get", ".1.3.6.1.4.1.318.1.1.26.2.1.8.1"])

        #expect(model == [".1.3.6.1.4.1.318.1.1.26.2.1.8.1", "string", "AP8659"])
    }

    @Test("says NONE for what it does not have")
    func none() {
        #expect(answers(.rpdu2, to: ["get", ".1.3.6.1.4.1.318.1.1.26.2.1.8.2"]) == ["NONE"])
        #expect(answers(.rpdu2, to: ["get", "nonsense"]) == ["NONE"])
        #expect(answers(.rpdu2, to: ["getnext", ".1.3.6.1.4.1.318.1.1.27"]) == ["NONE"])
    }

    @Test("refuses to be set, and goes on")
    func set() {
        #expect(answers(.rpdu, to: ["set", ".1.3", "integer 1", "PING"]) == ["not-writable", "PONG"])
    }

    @Test("can be walked from end to end in order", arguments: DemoUnit.Model.allCases)
    func walk(model: DemoUnit.Model) {
        var place = model == .rpdu2 ? MIBView.rpdu2Root : MIBView.rpduRoot
        var isAsking = false
        var count = 0
        var hasEnded = false
        var isOrdered = true
        let agent = PassPersistAgent(
            unit: DemoUnit(model),
            clock: { UnixTime(1_709_550_000) },
            readLine: {
                isAsking.toggle()
                return isAsking ? (hasEnded ? nil : "getnext") : ".\(place)"
            },
            write: { answer in
                guard let next = answer.split(separator: "\n").first.flatMap({ ObjectIdentifier($0) }) else {
                    hasEnded = true
                    return
                }
                isOrdered = isOrdered && place < next
                place = next
                count += 1
            }
        )

        agent.run()

        #expect(isOrdered)
        #expect(count > 100)
    }
}
