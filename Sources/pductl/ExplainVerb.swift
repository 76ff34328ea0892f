// `pductl explain`: why a number is the number it is, in words, as the page's interface has it.

import API
import Basics
import Configuration
import Storage

extension Verb {
    /// `pductl explain ELEMENT START END`.
    static let explain = Verb(
        name: "explain",
        operands: "[ELEMENT] START END",
        summary: "say why an element's energy is what it is; without ELEMENT, that of all PDUs together",
        hasJSON: true
    ) { invocation in
        let configuration = try invocation.configuration(.exclude)
        let site = try configuration.apiSite()
        let words = invocation.operands
        let range = try TimeOperand.range(words[words.count - 2], words[words.count - 1], in: site.calendar)
        let reader = configuration.historyReader()
        let account = try reader.snapshot {
            let element = words.count == 3 ? try ElementOperand.resolved(words[0], in: reader) : nil
            return try Account(of: element, in: range, at: SystemClock.now(), site: site, from: reader)
        }
        if invocation.wantsJSON {
            writeToStandardOutput(String(decoding: account.body, as: UTF8.self) + "\n")
        } else {
            writeToStandardOutput(account.sentences.map { "\($0)\n" }.joined())
        }
        return .success
    }
}
