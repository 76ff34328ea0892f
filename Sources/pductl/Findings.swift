// What `pductl check` found: a line each as it comes, since asking PDUs takes its time; or all of them as JSON.

import Basics

/// One thing that was looked at.
struct Finding {
    /// How it is.
    enum State: String {
        case fine = "ok"
        case warning
        case problem
    }

    let state: State
    /// What was looked at, such as `configuration`.
    let subject: String
    /// How it is, in words.
    let text: String
    /// What to type or do; absent when all is well.
    let advice: String?
}

/// Takes findings and tells them.
final class Findings {
    private(set) var all: [Finding] = []
    private let terminal: Terminal?

    /// Tells each finding on `terminal` at once; without one, only keeps them.
    init(on terminal: Terminal?) {
        self.terminal = terminal
    }

    /// Whether anything needs somebody to act.
    var hasProblems: Bool { all.contains { $0.state == .problem } }

    func ok(_ subject: String, _ text: String) {
        add(Finding(state: .fine, subject: subject, text: text, advice: nil))
    }

    func warn(_ subject: String, _ text: String, advice: String? = nil) {
        add(Finding(state: .warning, subject: subject, text: text, advice: advice))
    }

    func problem(_ subject: String, _ text: String, advice: String) {
        add(Finding(state: .problem, subject: subject, text: text, advice: advice))
    }

    private func add(_ finding: Finding) {
        all.append(finding)
        guard let terminal else { return }
        let (word, colour): (String, Terminal.Colour) =
            switch finding.state {
            case .fine: ("ok     ", .green)
            case .warning: ("warning", .yellow)
            case .problem: ("PROBLEM", .red)
            }
        let advice = finding.advice.map { " → \($0)" } ?? ""
        writeToStandardOutput(
            "\(terminal.paint(word, colour)) \(finding.subject): \(finding.text)\(advice)\n"
        )
    }

    /// All findings as one JSON object.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("ok", !hasProblems)
            json.member("findings") { json in
                json.array { json in
                    for finding in all {
                        json.object { json in
                            json.member("state", finding.state.rawValue)
                            json.member("subject", finding.subject)
                            json.member("text", finding.text)
                            json.member("advice", finding.advice)
                        }
                    }
                }
            }
        }
        return json.text + "\n"
    }
}
