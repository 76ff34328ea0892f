import Testing

@testable import Devices

@Suite("Built-in profiles")
struct BuiltInProfileTests {
    @Test("load without a complaint")
    func load() throws {
        let catalog = try ProfileCatalog.builtIn()

        #expect(catalog.names == ["apc-rpdu", "apc-rpdu2"])
    }
}
