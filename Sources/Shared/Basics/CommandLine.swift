// The arguments of a program, taken apart the way getopt_long does it: `--name`, `--name VALUE`, `--name=VALUE`,
// `--` before what must not be taken for an option, and operands anywhere in between. A program names its
// options in one table, from which the usage text is also made.

/// What a program was called with.
package struct Arguments: Sendable {
    /// One option that a program knows.
    package struct Option: Hashable, Sendable {
        /// With its dashes: `--config`.
        package let name: String
        /// What the usage text calls its value, such as `FILE`; absent: it takes none.
        package let value: String?
        /// Whether it may be given more than once.
        package let isRepeatable: Bool
        /// A few words for the usage text.
        package let summary: String

        /// An option `name`, which takes a value where `value` names one.
        package init(_ name: String, value: String? = nil, isRepeatable: Bool = false, _ summary: String) {
            self.name = name
            self.value = value
            self.isRepeatable = isRepeatable
            self.summary = summary
        }

        /// `--help`, which every program has.
        package static let help = Option("--help", "show this text and exit")
        /// `--version`, which every program has.
        package static let version = Option("--version", "show the version and exit")
        /// `--config FILE`, which every program has.
        package static let config = Option(
            "--config",
            value: "FILE",
            "the configuration (default \(defaultConfigurationPath))"
        )
    }

    /// What is not an option, in order.
    package private(set) var operands: [String] = []
    private var given: [String: [String]] = [:]

    /// Takes `arguments` (without the program's own name) apart.
    ///
    /// Throws `UsageError` for an option that is unknown, lacks its value, has one that it does not take, or is
    /// given again though it may not be.
    package init(_ arguments: some Sequence<String>, options: [Option]) throws(UsageError) {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                operands += rest
                return
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                operands.append(argument)
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let option = try Self.option(named: String(parts[0]), among: options)
            let attached = parts.count > 1 ? String(parts[1]) : nil
            given[option.name, default: []].append(
                try Self.value(of: option, attached: attached, from: &rest)
            )
            if !option.isRepeatable, option.value != nil, given[option.name, default: []].count > 1 {
                throw UsageError("\(option.name) is given more than once")
            }
        }
    }

    /// Whether `option` was given.
    package func has(_ option: String) -> Bool {
        given[option] != nil
    }

    /// The value of `option`; nil when it was not given.
    package func value(_ option: String) -> String? {
        given[option]?.last
    }

    /// Every value of `option`, in order.
    package func values(_ option: String) -> [String] {
        given[option] ?? []
    }

    /// The configuration file to read: `--config`, or the usual place.
    package var configurationPath: String {
        value(Option.config.name) ?? defaultConfigurationPath
    }

    /// Answers `--help` with `usage` and `--version` in the name of `program`; whether one of them was given.
    package func answeredStandardQuestion(of program: String, usage: @autoclosure () -> String) -> Bool {
        if has(Option.help.name) {
            writeToStandardOutput(usage())
        } else if has(Option.version.name) {
            writeToStandardOutput("\(program) \(productVersion)\n")
        } else {
            return false
        }
        return true
    }

    /// One line per option for a usage text, in columns.
    package static func summaries(of options: [Option]) -> String {
        let left = options.map { option in
            option.name + (option.value.map { " " + $0 } ?? "") + (option.isRepeatable ? "..." : "")
        }
        let width = left.map(\.count).max() ?? 0
        return zip(left, options).map { name, option in
            "  " + name + String(repeating: " ", count: width - name.count + 2) + option.summary + "\n"
        }.joined()
    }

    private static func option(named name: String, among options: [Option]) throws(UsageError) -> Option {
        if let option = options.first(where: { $0.name == name }) { return option }
        let nearest = nearestName(to: name, among: options.map(\.name))
        throw UsageError("unknown option \(name)" + (nearest.map { "; did you mean \($0)?" } ?? ""))
    }

    private static func value(
        of option: Option,
        attached: String?,
        from rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        guard let name = option.value else {
            guard attached == nil else { throw UsageError("\(option.name) takes no value") }
            return ""
        }
        guard let value = attached ?? rest.popFirst(), !value.isEmpty else {
            throw UsageError("\(option.name) needs a value: \(option.name) \(name)")
        }
        return value
    }
}

/// A program was called in a way that it does not understand; with what was wrong.
package struct UsageError: Error, CustomStringConvertible, Sendable {
    package let description: String

    /// An error that says `description`.
    package init(_ description: String) {
        self.description = description
    }
}

/// Where the configuration is when nobody says otherwise.
package let defaultConfigurationPath = "/etc/pdu-monitor/pdu-monitor.yaml"
