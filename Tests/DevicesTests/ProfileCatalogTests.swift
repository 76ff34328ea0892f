import Foundation
import TestSupport
import Testing

@testable import Devices

private let minimal = """
    name: acme
    description: ACME PDUs
    recognise: { answers: 1.3.6.1.4.1.99999.1.0 }
    pdu:
      - values: { power: 1.3.6.1.4.1.99999.1.0 }

    """

@Suite("The catalog of profiles")
struct ProfileCatalogTests {
    @Test("brings along every file of the folder Profiles, each named after its profile")
    func completeness() throws {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/Shared/Devices/Profiles")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let catalog = ProfileCatalog.builtIn()

        #expect(BuiltInProfiles.files.map(\.name) == files)
        #expect(catalog.names.map { $0 + ".yaml" }.sorted() == files)
        for (name, bytes) in BuiltInProfiles.files {
            let profile = try ProfileReader.read(bytes, file: name, objectID: nil)
            #expect(profile.name + ".yaml" == name)
            #expect(
                Data(bytes) == FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
            )
        }
    }

    @Test("takes profiles from a directory, in place of built-in ones of the same name")
    func directory() throws {
        let directory = try TemporaryDirectory()
        try Data(minimal.utf8).write(to: URL(fileURLWithPath: directory.file("acme.yaml")))
        let replacement = minimal.replacingOccurrences(of: "name: acme", with: "name: apc-rpdu")
        try Data(replacement.utf8).write(to: URL(fileURLWithPath: directory.file("mine.yaml")))
        try Data("not a profile".utf8).write(to: URL(fileURLWithPath: directory.file("README.txt")))
        let catalog = try ProfileCatalog.builtIn().adding(directory: directory.path)

        let replaced = try catalog.profile(named: "apc-rpdu", for: nil)
        #expect(catalog.names == (ProfileCatalog.builtIn().names + ["acme"]).sorted())
        #expect(replaced?.summary == "ACME PDUs")
    }

    @Test("is the same without the directory")
    func noDirectory() throws {
        let catalog = try ProfileCatalog.builtIn().adding(directory: "/nonexistent/profiles")

        #expect(catalog.names == ProfileCatalog.builtIn().names)
    }

    @Test("names every problem of every file")
    func problems() throws {
        let directory = try TemporaryDirectory()
        try Data(minimal.utf8).write(to: URL(fileURLWithPath: directory.file("a.yaml")))
        try Data(minimal.utf8).write(to: URL(fileURLWithPath: directory.file("b.yaml")))
        try Data("nmae: x".utf8).write(to: URL(fileURLWithPath: directory.file("c.yaml")))
        try FileManager.default.createDirectory(
            atPath: directory.file("d.yaml"),
            withIntermediateDirectories: true
        )
        let unreadable = thrown(ProfileError.self) {
            try ProfileCatalog.builtIn().adding(directory: directory.path)
        }
        #expect(unreadable?.description == "\(directory.path)/d.yaml: Is a directory")

        try FileManager.default.removeItem(atPath: directory.file("d.yaml"))
        let error = thrown(ProfileError.self) {
            try ProfileCatalog.builtIn().adding(directory: directory.path)
        }
        #expect(error?.description.contains("b.yaml: name: another file of the directory") == true)
        #expect(error?.description.contains("c.yaml:1:1: nmae: unknown key") == true)
    }
}

@Suite("docs/profiles.md")
struct ProfileDocumentationTests {
    private func text() throws -> String {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent("docs/profiles.md"), encoding: .utf8)
    }

    @Test("has an example that works")
    func example() throws {
        let document = try text()
        let start = try #require(document.range(of: "```yaml\n"))
        let end = try #require(document.range(of: "```", range: start.upperBound..<document.endIndex))
        let indented = document[start.upperBound..<end.lowerBound].split(separator: "\n")
        let example = indented.map { $0.dropFirst(3) }.joined(separator: "\n")
        let catalog = try ProfileCatalog.builtIn().adding([("example.yaml", Array(example.utf8))])
        let acme = try catalog.profile(named: "acme", for: nil)

        #expect(acme?.sources.count == 3)
    }

    @Test("names every value that a profile can give", arguments: Quantity.allCases)
    func values(quantity: Quantity) throws {
        #expect(try text().contains("`\(quantity.rawValue)`"))
    }
}
