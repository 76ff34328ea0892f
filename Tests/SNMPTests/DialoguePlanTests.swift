import MIB
import Testing

@testable import SNMP

@Suite("DialoguePlan") struct DialoguePlanTests {
    private func plan(
        _ security: DialoguePlan.Security = .user(isPrivate: true),
        known: Bool = false,
        retries: Int = 3
    ) -> DialoguePlan {
        DialoguePlan(security: security, engineIsKnown: known, retries: retries)
    }

    /// What a plan does when nothing ever comes back, from its first sending to its end.
    private func silence(_ plan: DialoguePlan) -> [DialoguePlan.Action] {
        var plan = plan
        var actions: [DialoguePlan.Action] = [.send(plan.step)]
        while case .send = actions.last, actions.count < 50 { actions.append(plan.timedOut()) }
        return actions
    }

    @Test("an unknown engine is discovered, a known one is asked, and a community knows no engines")
    func firstStep() {
        #expect(plan(known: false).step == .discover)
        #expect(plan(known: true).step == .ask)
        #expect(plan(.community).step == .ask)
    }

    @Test(
        "a dead agent gets the first request and its repetitions, no more and no fewer",
        arguments: [0, 1, 3, 10]
    )
    func dead(retries: Int) {
        let ask = [DialoguePlan.Action](repeating: .send(.ask), count: retries + 1)
        let discover = [DialoguePlan.Action](repeating: .send(.discover), count: retries + 1)

        #expect(silence(plan(.community, retries: retries)) == ask + [.fail(.timeout)])
        #expect(silence(plan(retries: retries)) == discover + [.fail(.timeout)])
    }

    @Test("a known engine that stays silent is looked for anew with the second half of the attempts")
    func doubt() {
        #expect(
            silence(plan(known: true, retries: 3))
                == [.send(.ask), .send(.ask), .send(.discover), .send(.discover), .fail(.timeout)]
        )
        #expect(
            silence(plan(known: true, retries: 0)) == [.send(.ask), .send(.discover), .fail(.timeout)]
        )
    }

    @Test("silence after discovery to encrypted requests only means that the privacy is wrong")
    func privacy() {
        var plan = plan(retries: 0)

        #expect(plan.received(.unknownEngine, namesEngine: true) == .adopt(.ask))
        #expect(plan.timedOut() == .send(.probe))
        #expect(plan.probeAnswered() == .fail(.decryptionError))
        #expect(plan.received(.unsupportedSecurityLevel, namesEngine: true) == .fail(.decryptionError))
    }

    @Test("silence after discovery to everything is being ignored", arguments: [true, false])
    func ignored(isPrivate: Bool) {
        var plan = plan(.user(isPrivate: isPrivate), retries: 0)

        #expect(plan.received(.unknownEngine, namesEngine: true) == .adopt(.ask))
        if isPrivate { #expect(plan.timedOut() == .send(.probe)) }
        #expect(plan.timedOut() == .fail(.ignored))
    }

    @Test("silence after an answer is the conversation's to judge, with every attempt given again")
    func silenceLater() {
        var plan = plan(.community, retries: 1)

        plan.answered()

        #expect(plan.timedOut() == .send(.ask))
        #expect(plan.timedOut() == .silence)
        #expect(plan.timedOut() == .send(.ask))
    }

    @Test("a clock is corrected once when it was remembered, once when it was discovered, and then no more")
    func clock() {
        var plan = plan(known: true)

        #expect(plan.received(.notInTimeWindow, namesEngine: true) == .adopt(.ask))
        #expect(plan.received(.notInTimeWindow, namesEngine: true) == .adopt(.ask))
        #expect(plan.received(.notInTimeWindow, namesEngine: true) == .fail(.notInTimeWindow))
    }

    @Test("a remembered engine may turn out to be another, or to have other keys, once")
    func replaced() {
        var replaced = plan(known: true)
        #expect(replaced.received(.unknownEngine, namesEngine: true) == .adopt(.ask))
        #expect(
            replaced.received(.unknownEngine, namesEngine: true)
                == .fail(.malformed("does not know the engine ID that it gave"))
        )

        var rekeyed = plan(known: true)
        #expect(rekeyed.received(.wrongDigest, namesEngine: true) == .send(.discover))
        #expect(rekeyed.received(.unknownEngine, namesEngine: true) == .adopt(.ask))
        #expect(rekeyed.received(.wrongDigest, namesEngine: true) == .fail(.wrongDigest))
    }

    @Test(
        "each report about the user has its own failure",
        arguments: [
            (Report.unknownUser, SNMPFailure.unknownUser),
            (.wrongDigest, .wrongDigest),
            (.decryptionError, .decryptionError),
            (.unsupportedSecurityLevel, .unsupportedSecurityLevel),
            (.other(ObjectIdentifier([1, 3, 6])), .malformed("reports 1.3.6")),
        ]
    )
    func reports(report: Report, failure: SNMPFailure) {
        var plan = plan()
        _ = plan.received(.unknownEngine, namesEngine: true)

        #expect(plan.received(report, namesEngine: true) == .fail(failure))
    }

    @Test("an answer to discovery must name its engine")
    func namelessEngine() {
        var plan = plan()

        #expect(
            plan.received(.unknownEngine, namesEngine: false)
                == .fail(.malformed("answers discovery without an engine ID"))
        )
    }
}

@Suite("Report") struct ReportTests {
    @Test(
        "counters of SNMP-USER-BASED-SM-MIB are told apart, with and without their instance",
        arguments: [
            ("1.3.6.1.6.3.15.1.1.1.0", Report.unsupportedSecurityLevel),
            ("1.3.6.1.6.3.15.1.1.2.0", .notInTimeWindow),
            ("1.3.6.1.6.3.15.1.1.3.0", .unknownUser),
            ("1.3.6.1.6.3.15.1.1.4.0", .unknownEngine),
            ("1.3.6.1.6.3.15.1.1.5", .wrongDigest),
            ("1.3.6.1.6.3.15.1.1.6.0", .decryptionError),
        ]
    )
    func counters(text: String, report: Report) throws {
        let counter = try #require(ObjectIdentifier(text))
        #expect(Report(counter: counter) == report)
    }

    @Test(
        "any other counter is kept as it is",
        arguments: ["1.3.6.1.6.3.15.1.1.7.0", "1.3.6.1.6.3.12.1.5.0"]
    )
    func others(text: String) throws {
        let counter = try #require(ObjectIdentifier(text))

        #expect(Report(counter: counter) == .other(counter))
    }
}
