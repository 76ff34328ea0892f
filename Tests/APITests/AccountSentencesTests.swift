import Basics
import Energy
import Metering
import Storage
import Testing

@testable import API

@Suite("The sentences of an account")
struct AccountSentencesTests {
    private static let midnight = moment("2026-03-29T00:00:00Z")

    /// What is said of the day on which London's clocks go forward, on a unit whose counter moves by 0.1 kWh.
    private func sentences(
        corrections: [CorrectionRecord] = [],
        _ change: (inout Explanation) -> Void
    ) throws -> [String] {
        let asking = try Asking()
        let end = AccountSentencesTests.midnight + 23 * 3600
        let element = ElementRecord(
            id: 1,
            pdu: .sample(1),
            element: .wholePDU,
            name: nil,
            energyResolution: FixedPoint(100)
        )
        var explanation = Explanation(start: AccountSentencesTests.midnight, end: end)
        change(&explanation)
        asking.history.explanations[1] = explanation
        asking.history.correctionRecords = corrections
        let range = try TimeRange(from: AccountSentencesTests.midnight, to: end)
        let account = try ElementAccount(of: element, in: range, until: end, from: asking.history)
        return account.sentences(in: asking.calendar)
    }

    @Test("tell a sound day in a handful of words, with the counter's values and times")
    func sound() throws {
        let said = try sentences { explanation in
            explanation.rollup.readings = 1380
            explanation.rollup.coveredSeconds = 82_800
            explanation.rollup.energy.counted = 3_600_000 * 24_613
            explanation.opening = .init(at: explanation.start - 60, value: FixedPoint(1_234_500))
            explanation.closing = .init(at: explanation.end - 60, value: FixedPoint(1_259_100))
            explanation.comparedCounted = 3_600_000 * 24_600
            explanation.comparedIntegral = 3_600_000 * 24_895
        }

        #expect(
            said == [
                "PDU 1 used 24.613 kWh from 2026-03-29 00:00 GMT to 2026-03-30 00:00 BST, which is 23 h.",
                "All of it was counted by the PDU's own energy counter.",
                "Its counter showed 1234.5 kWh at 2026-03-28 23:59 GMT and 1259.1 kWh at 2026-03-29 23:59 BST: "
                    + "24.6 kWh more, in steps of 0.1 kWh.",
                "1380 readings of power cover all of the time.",
                "Where both are known, power adds up to 24.895 kWh and the counter to 24.600 kWh: "
                    + "power reads 1.2 % above the counter.",
            ]
        )
    }

    @Test("say how much is known in which way")
    func methods() throws {
        let said = try sentences { explanation in
            explanation.rollup.energy.counted = 3_600_000 * 9000
            explanation.rollup.energy.interpolated = 3_600_000 * 900
            explanation.rollup.energy.corrected = 3_600_000 * 100
        }

        #expect(
            said[1] == "Of it, 9.000 kWh (90 %) was counted by the PDU's own energy counter, "
                + "0.900 kWh (9 %) was counted across a gap and spread over it and "
                + "0.100 kWh (1 %) was set by a correction."
        )
    }

    @Test("say what was noticed, and that values across a reset cannot be compared")
    func reset() throws {
        let said = try sentences { explanation in
            explanation.opening = .init(at: explanation.start, value: FixedPoint(1_234_500))
            explanation.closing = .init(at: explanation.end, value: FixedPoint(2_000_000))
            let reset = LedgerRemark.counterReset(from: FixedPoint(1_240_200), to: FixedPoint(100))
            explanation.remarks = [.init(at: explanation.start + 11_520, remark: reset)]
        }

        #expect(
            said[1].hasSuffix(
                "2000 kWh at 2026-03-30 00:00 BST; it began anew in between, "
                    + "so that the difference says nothing."
            )
        )
        #expect(
            said[2]
                == "At 2026-03-29 04:12 BST: The counter went from 1240.2 kWh back to 0.1 kWh: it was reset. "
                + "The energy before stays, and counting goes on from there."
        )
    }

    @Test("say of gaps what is known, and that nothing was made up for the rest")
    func gaps() throws {
        let one = try sentences { explanation in
            explanation.gaps = [.init(start: explanation.start, end: explanation.start + 11_400, energy: nil)]
        }
        let two = try sentences { explanation in
            explanation.gaps = [
                .init(start: explanation.start, end: explanation.start + 300, energy: nil),
                .init(
                    start: explanation.start + 3600,
                    end: explanation.start + 7200,
                    energy: 3_600_000 * 1500
                ),
            ]
        }

        #expect(
            one[1]
                == "There were no readings from 2026-03-29 00:00 GMT to 2026-03-29 04:10 BST (3 h 10 min). "
                + "What was used then is not known, and nothing was made up for it."
        )
        #expect(
            two[1]
                == "There were no readings 2 times, 1 h 5 min together, the longest time from 2026-03-29 02:00 BST "
                + "to 2026-03-29 03:00 BST. The counter tells what was used meanwhile: 1.500 kWh, spread evenly. "
                + "For 1 of them it cannot tell, and nothing was made up."
        )
    }

    @Test("name the corrections that hold, with who made them and why, and no others")
    func corrections() throws {
        let start = AccountSentencesTests.midnight
        let holding = CorrectionRecord(
            id: 4,
            elementID: 1,
            correction: Correction(start: start, end: start + 1800, energy: 3_600_000 * 500),
            reason: "clamp was open",
            author: "jane",
            madeAt: start + 100_000
        )
        var undone = holding
        undone.id = 5
        undone.undoneAt = start + 200_000

        let said = try sentences(corrections: [holding, undone]) { _ in }

        #expect(
            said.filter { $0.hasPrefix("Correction") } == [
                "Correction 4 by jane set 0.500 kWh from 2026-03-29 00:00 GMT to 2026-03-29 00:30 GMT: clamp was open."
            ]
        )
    }

    @Test("say that a scale is wrong where counter and power are ten times apart", arguments: [10.0, 0.1])
    func scale(factor: Double) throws {
        let said = try sentences { explanation in
            explanation.comparedCounted = 3_600_000 * 20_000
            explanation.comparedIntegral = Int64(3_600_000 * 20_000 * factor)
        }

        #expect(said.last?.hasSuffix("; one of the two has a wrong scale.") == true)
    }

    @Test("round the parts of a sum so that they add up to it")
    func parts() {
        #expect(AccountWords.energies([49_371_400, 2_861_400]) == ["49.372 kWh", "2.861 kWh"])
        #expect(AccountWords.energy(49_371_400 + 2_861_400) == "52.233 kWh")
    }

    @Test(
        "write lengths of time in two units",
        arguments: [
            (0, "0 s"), (45, "45 s"), (3600, "1 h"), (11_430, "3 h 10 min"), (90_060, "1 d 1 h"),
            (88_200, "1 d 30 min"),
        ]
            as [(Int64, String)]
    )
    func durations(seconds: Int64, expected: String) {
        #expect(AccountWords.duration(seconds) == expected)
    }

    @Test(
        "say 100 % only of all, and 0 % only of nothing",
        arguments: [(1.0, "100 %"), (0.9999, "99.9 %"), (0.125, "12.5 %"), (0.000_01, "0.1 %"), (0.0, "0 %")]
    )
    func percents(share: Double, expected: String) {
        #expect(AccountWords.percent(share) == expected)
    }
}
