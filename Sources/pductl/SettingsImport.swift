// The predecessor's groups of outlets and names of outlets, into the settings: as the responder's user, whose they are.
// What people have set here already stays.

import Configuration
import Glibc
import Storage

/// What became of groups and names.
struct SettingsImportReport {
    /// Names of groups that were made.
    var groups: [String] = []
    /// Names of outlets that were kept as labels.
    var labels = 0
    /// What was not taken, a sentence each.
    var left: [String] = []
}

/// Takes what people had set.
struct SettingsImport {
    private static let longestName = 80

    private let configuration: Configuration
    private let file: PredecessorFile
    private let elements: [Int64: Int64]
    private let labelled: Set<Int64>
    private let isTrial: Bool

    init(
        _ configuration: Configuration,
        _ file: PredecessorFile,
        _ report: ImportReport,
        isTrial: Bool
    ) {
        self.configuration = configuration
        self.file = file
        elements = report.elements
        // Of a PDU that is not polled, the history has the names itself.
        labelled = Set(report.units.filter { $0.match != .none }.map(\.unit.id))
        self.isTrial = isTrial
    }

    func run() throws -> SettingsImportReport {
        let labels = labels()
        guard !file.groups.isEmpty || !labels.isEmpty else { return SettingsImportReport() }
        let path = configuration.settingsPath
        return try asOwner(of: directory(of: path)) { try enter(labels, path) }
    }

    private func enter(_ labels: [ElementLabel], _ path: String) throws -> SettingsImportReport {
        var report = SettingsImportReport()
        let store = SettingsStore(path: path)
        let known = store.settings()
        if let problem = known.problem {
            let what =
                "\(counted(file.groups.count, "group")) and \(counted(labels.count, "name")) of outlets"
            report.left.append("\(what): \(problem); as root, pductl import takes them")
            return report
        }
        var names = Set(known.groups.map(\.name))
        for group in file.groups {
            let name = String(group.name.prefix(Self.longestName))
            let ids = Set(group.ports.compactMap { elements[$0] }).sorted()
            guard !names.contains(name) else {
                report.left.append("group \"\(name)\": there is one of that name, which stays")
                continue
            }
            guard !ids.isEmpty else {
                report.left.append("group \"\(name)\": none of its outlets has a reading")
                continue
            }
            let missing = Set(group.ports).count - ids.count
            if missing > 0 {
                report.left.append(
                    "\(counted(missing, "outlet")) of group \"\(name)\": without a reading"
                )
            }
            names.insert(name)
            report.groups.append(name)
            let made = ElementGroup(
                id: 0,
                name: name,
                colour: group.colour,
                description: group.description,
                elementIDs: ids
            )
            if !isTrial { _ = try store.make(.add(made), at: nil) }
        }
        let said = Set(known.elements.map(\.elementID))
        for label in labels {
            if said.contains(label.elementID) {
                continue
            }
            report.labels += 1
            if !isTrial { _ = try store.make(.say(label), at: nil) }
        }
        return report
    }

    /// What outlets of PDUs that are polled were called, where that is more than their number.
    private func labels() -> [ElementLabel] {
        file.ports.compactMap { port in
            guard labelled.contains(port.unit), let element = elements[port.id], !port.name.isEmpty,
                port.name != "Outlet \(port.number)"
            else { return nil }
            let name = String(port.name.prefix(Self.longestName))
            return ElementLabel(elementID: element, label: name, note: nil, colour: nil)
        }
    }

    /// The directory that the settings lie in, where a link leads elsewhere.
    private func directory(of path: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count - 1)
        var target = path
        if count > 0 {
            let link = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            target = link.hasPrefix("/") ? link : "\(configuration.stateDirectory)/\(link)"
        }
        return target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
    }
}
