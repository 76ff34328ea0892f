import Basics
import Foundation
import SQLite
import TestSupport
import Testing

@testable import Storage

@Suite("Settings")
struct SettingsTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("settings.db")
    }

    private func group(
        _ id: Int64 = 0,
        _ name: String = "Rack 1",
        _ elements: [Int64] = [1]
    ) -> ElementGroup {
        ElementGroup(id: id, name: name, colour: "#1f77b4", description: nil, elementIDs: elements)
    }

    @Test("are empty without a file, and none is made by looking")
    func missing() {
        let settings = SettingsStore(path: path).settings()

        #expect(settings == Settings())
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("are kept, and seen by who opened them before")
    func kept() throws {
        let (first, second) = (SettingsStore(path: path), SettingsStore(path: path))
        #expect(second.settings().groups.isEmpty)
        let added = try first.make(.add(group(0, "Zebra", [5, 1_000_003])), at: nil)
        #expect(second.settings().groups.map(\.name) == ["Zebra"])
        _ = try second.make(.add(group(0, "Ant", [])), at: added.revision)
        let label = ElementLabel(elementID: 1, label: "Core", note: "Do not\nswitch", colour: nil)
        let said = try first.make(.say(label), at: nil)

        let settings = second.settings()
        #expect(settings.revision == 3 && said.revision == 3)
        #expect(settings.groups.map(\.name) == ["Ant", "Zebra"])
        #expect(settings.groups[1].elementIDs == [5, 1_000_003])
        #expect(settings.elements == [label])
        #expect(settings == first.settings())
    }

    @Test("take another group in the place of one, and give no number twice")
    func replaced() throws {
        let store = SettingsStore(path: path)
        let first = try #require(try store.make(.add(group(0, "A", [1, 2])), at: nil).group)
        _ = try store.make(.replace(group(first, "a", [2, 3])), at: nil)
        #expect(store.settings().groups.map(\.elementIDs) == [[2, 3]])
        _ = try store.make(.remove(group: first), at: nil)
        #expect(store.settings().groups.isEmpty)
        let next = try #require(try store.make(.add(group(0, "A", [1])), at: nil).group)
        #expect(next > first)
        #expect(thrown { try store.make(.remove(group: first), at: nil) } == .unknownGroup(first))
        #expect(thrown { try store.make(.replace(group(first)), at: nil) } == .unknownGroup(first))
    }

    private func thrown(_ body: () throws -> (revision: Int64, group: Int64?)) -> SettingsError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? SettingsError
        }
    }

    @Test(
        "refuse a change that was made of an older state, and a name that is taken, and change nothing then"
    )
    func refused() throws {
        let store = SettingsStore(path: path)
        _ = try store.make(.add(group(0, "A")), at: 0)
        let other = try #require(try store.make(.add(group(0, "B")), at: 1).group)
        let before = store.settings()

        #expect(thrown { try store.make(.add(group(0, "C")), at: 1) } == .changed(revision: 2))
        #expect(thrown { try store.make(.add(group(0, "a")), at: nil) } == .nameTaken)
        #expect(thrown { try store.make(.replace(group(other, "A")), at: nil) } == .nameTaken)
        #expect(store.settings() == before)
    }

    @Test("hold a thousand groups and no more")
    func most() throws {
        let store = SettingsStore(path: path)
        for number in 0..<SettingsStore.mostGroups {
            _ = try store.make(.add(group(0, "Group \(number)", [])), at: nil)
        }
        #expect(thrown { try store.make(.add(group(0, "More", [])), at: nil) } == .tooManyGroups(1000))
    }

    @Test("forget an element of which nothing is said any more")
    func forgotten() throws {
        let store = SettingsStore(path: path)
        _ = try store.make(.say(ElementLabel(elementID: 1, label: "A", note: nil, colour: nil)), at: nil)
        _ = try store.make(.say(ElementLabel(elementID: 1, label: nil, note: nil, colour: nil)), at: nil)
        #expect(store.settings().elements.isEmpty)
        #expect(store.settings().revision == 2)
    }

    @Test("lie where a symbolic link leads, with all that belongs to them")
    func link() throws {
        let folder = directory.file("web")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for (name, target) in [("relative.db", "web/settings.db"), ("absolute.db", folder + "/other.db")] {
            let link = directory.file(name)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            let store = SettingsStore(path: link)
            #expect(store.settings() == Settings())
            _ = try store.make(.add(group()), at: nil)
            #expect(SettingsStore(path: link).settings().groups.count == 1)
        }
        let beside = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(Set(beside) == ["web", "relative.db", "absolute.db"])
        let mode = try FileManager.default.attributesOfItem(atPath: folder + "/settings.db")
        #expect(((mode[.posixPermissions] as? NSNumber)?.intValue ?? 0) & 0o137 == 0)
    }

    @Test(
        "read as nothing with the reason where the file is damaged, and take no change",
        arguments: [0, 1, 2]
    )
    func damaged(how: Int) throws {
        if how == 0 {
            try Data(repeating: 7, count: 8192).write(to: URL(filePath: path))
        } else if how == 1 {
            let other = try Connection(.file(path), .create, busyTimeout: 0)
            try other.execute("CREATE TABLE t (x)")
            try other.close()
        } else {
            _ = try SettingsStore(path: path).make(.add(group()), at: nil)
            let newer = try Connection(.file(path), .readWrite, busyTimeout: 0)
            try newer.execute("PRAGMA user_version = 99")
            try newer.close()
        }
        let store = SettingsStore(path: path)

        let settings = store.settings()
        #expect(settings.groups.isEmpty)
        let problem = try #require(settings.problem)
        #expect(problem.contains(how == 2 ? "newer version" : "restore a copy"))
        #expect(thrown { try store.make(.add(group(0, "B")), at: nil) } == .unavailable(problem))
    }

    @Test("are another's once the file is replaced")
    func restored() throws {
        let store = SettingsStore(path: path)
        _ = try store.make(.add(group(0, "A")), at: nil)
        #expect(store.settings().groups.map(\.name) == ["A"])
        let backup = directory.file("backup.db")
        _ = try SettingsStore(path: backup).make(.add(group(0, "B")), at: nil)
        try FileManager.default.removeItem(atPath: path)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        #expect(store.settings() == Settings())
        try FileManager.default.moveItem(atPath: backup, toPath: path)
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.moveItem(atPath: backup + suffix, toPath: path + suffix)
        }
        #expect(store.settings().groups.map(\.name) == ["B"])
    }
}
