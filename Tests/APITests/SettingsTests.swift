import Basics
import Foundation
import Metering
import Storage
import Testing

@testable import API

@Suite("The settings")
struct SettingsEndpointTests {
    private let asking: Asking

    init() throws {
        asking = try Asking()
        func element(_ id: Int64, _ pdu: Int64, _ element: Element) -> ElementRecord {
            ElementRecord(id: id, pdu: .sample(pdu), element: element, name: nil, energyResolution: nil)
        }
        asking.history.records = [.sample(1), .sample(2)]
        asking.history.elements = [
            element(1, 1, .wholePDU), element(2, 2, .wholePDU), element(10, 1, Element(.outlet, 1)),
            element(11, 1, Element(.outlet, 2)), element(12, 1, Element(.bank, 1)),
            element(20, 2, Element(.outlet, 1)),
        ]
    }

    /// An order as a page of this site would send it from this machine.
    private func order(_ method: String, _ path: String, _ body: String) -> Request {
        var request = Request(method: method, path: path, contentLength: body.utf8.count)
        request.body = Array(body.utf8)
        request.contentType = "application/json"
        request.address = "127.0.0.1"
        request.host = "pdu.example.net:8080"
        request.origin = "http://pdu.example.net:8080"
        request.fetchSite = "same-origin"
        return request
    }

    private func answer(_ request: Request) -> Response {
        asking.router.answer(request, at: asking.now, from: asking.history, asking.settings)
    }

    private func data(_ response: Response) throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return try #require(json?["data"] as? [String: Any], "\(response.text)")
    }

    @Test("are read by everybody, who is told whether to change them")
    func read() throws {
        asking.settings.kept.revision = 4
        asking.settings.kept.groups = [
            ElementGroup(id: 3, name: "<b>", colour: nil, description: "d", elementIDs: [1, 20])
        ]
        asking.settings.kept.elements = [
            ElementLabel(elementID: 10, label: "Core", note: nil, colour: "#00ff00")
        ]
        var request = Request(path: "/api/settings")
        request.address = "192.0.2.1"
        let response = answer(request)
        #expect(response.status == 200)
        #expect(response.field("X-Accel-Expires") == "0")
        let data = try data(response)
        #expect(data["may_write"] as? Bool == false)
        #expect(data["revision"] as? Int == 4)
        #expect(data["problem"] == nil)
        let group = try #require((data["groups"] as? [[String: Any]])?.first)
        #expect(group["name"] as? String == "<b>")
        #expect(group["colour"] is NSNull)
        #expect(group["element_ids"] as? [Int] == [1, 20])
        let label = try #require((data["elements"] as? [[String: Any]])?.first)
        #expect(label["label"] as? String == "Core")

        request.ifNoneMatch = response.field("ETag")
        #expect(answer(request).status == 304)
        request.address = "::1"
        #expect(try self.data(answer(request))["may_write"] as? Bool == true)
        asking.settings.kept.problem = "gone"
        #expect(try self.data(answer(request))["problem"] as? String == "gone")
        request.method = "POST"
        #expect(answer(request).field("Allow") == "GET, HEAD")
    }

    @Test("take a group")
    func add() throws {
        let body =
            ##"{"name":" Rack 1 ","colour":"#1F77B4","description":"","element_ids":[20,10],"revision":0}"##
        let response = answer(order("POST", "/api/groups", body))

        #expect(response.status == 201)
        #expect(response.field("Cache-Control") == "no-store")
        let group = ElementGroup(
            id: 0,
            name: "Rack 1",
            colour: "#1f77b4",
            description: nil,
            elementIDs: [10, 20]
        )
        #expect(asking.settings.changes == [.add(group)])
        let data = try data(response)
        #expect(data["id"] as? Int == 7)
        #expect(data["revision"] as? Int == 1)
        #expect(data["element_ids"] as? [Int] == [10, 20])
    }

    @Test("take another group in its place, let it go, and what is said of an element")
    func others() throws {
        let put = answer(order("PUT", "/api/groups/3", #"{"name":"B","element_ids":[]}"#))
        let delete = answer(order("DELETE", "/api/groups/3", ""))
        let say = answer(
            order("PUT", "/api/elements/10", #"{"label":"Core","note":"a\nb","colour":null}"#)
        )
        let unsay = answer(order("PUT", "/api/elements/10", #"{"label":""}"#))

        #expect([put, delete, say, unsay].map(\.status) == [200, 200, 200, 200])
        #expect(
            asking.settings.changes == [
                .replace(ElementGroup(id: 3, name: "B", colour: nil, description: nil, elementIDs: [])),
                .remove(group: 3),
                .say(ElementLabel(elementID: 10, label: "Core", note: "a\nb", colour: nil)),
                .say(ElementLabel(elementID: 10, label: nil, note: nil, colour: nil)),
            ]
        )
        #expect(try data(say)["note"] as? String == "a\nb")
        #expect(answer(order("PUT", "/api/elements/99", #"{"label":"x"}"#)).status == 404)
    }

    @Test(
        "refuse a group that cannot be, and say why",
        arguments: [
            (#"{"name":"A","element_ids":[10,10]}"#, "twice"),
            (#"{"name":"A","element_ids":[1,10]}"#, "contain each other"),
            (#"{"name":"A","element_ids":[10,12]}"#, "contain each other"),
            (#"{"name":"A","element_ids":[99]}"#, "no element 99"),
            (#"{"name":"A","element_ids":[-1]}"#, "positive"),
            (#"{"name":"A","element_ids":[1.0]}"#, "positive"),
            (#"{"name":"A","element_ids":"1"}"#, "list"),
            (#"{"name":"A"}"#, "list"),
            (#"{"element_ids":[]}"#, "needs a name"),
            (#"{"name":" \t","element_ids":[]}"#, "needs a name"),
            (#"{"name":"a\nb","element_ids":[]}"#, "control"),
            (#"{"name":"a\u0000b","element_ids":[]}"#, "control"),
            (#"{"name":7,"element_ids":[]}"#, "text"),
            (#"{"name":"A","colour":"red","element_ids":[]}"#, "#rrggbb"),
            (##"{"name":"A","colour":"#12345é","element_ids":[]}"##, "#rrggbb"),
            (#"{"name":"A","element_ids":[],"revision":"1"}"#, "whole number"),
            (#"{"name":"A","name":"B","element_ids":[]}"#, "twice"),
            (#"[]"#, "object"), (#"{"name":"A""#, "not JSON"),
        ]
    )
    func refused(body: String, words: String) {
        let response = answer(order("POST", "/api/groups", body))

        #expect(response.status == 400)
        #expect(response.text.contains(words), "\(response.text)")
        #expect(asking.settings.changes.isEmpty)
    }

    @Test("count characters, not bytes, of a name")
    func lengths() {
        let longest = String(repeating: "é", count: 80)
        #expect(
            answer(order("POST", "/api/groups", #"{"name":"\#(longest)","element_ids":[]}"#)).status == 201
        )
        #expect(
            answer(order("POST", "/api/groups", #"{"name":"\#(longest)x","element_ids":[]}"#)).status == 400
        )
        let ids = (1...1001).map(String.init).joined(separator: ",")
        let response = answer(order("POST", "/api/groups", #"{"name":"A","element_ids":[\#(ids)]}"#))
        #expect(response.status == 400 && response.text.contains("1000 elements"))
    }

    @Test(
        "are changed under the names of this site alone, since the address may be behind anybody's",
        arguments: [
            ("pdu.example.net", true), ("PDU.Example.NET.:8080", true), ("localhost", true),
            ("LOCALHOST:8080", true),
            ("127.0.0.1", true), ("127.0.0.1:8080", true), ("192.0.2.7:", true), ("[::1]", true),
            ("[2001:db8::7]:8080", true),
            ("evil.example", false), ("evil.example:8080", false), ("pdu.example.net.evil.example", false),
            ("xpdu.example.net", false), ("localhost.evil.example", false), ("127.0.0.1.evil.example", false),
            ("127.0.0.0/8", false), ("127.1", false), ("2130706433", false), ("::1", false), ("[::1", false),
            ("[::1]evil", false), ("[127.0.0.1]", false), ("[::/0]", false), ("localhost:x", false),
            ("localhost:80:80", false), ("", false), (".", false), ("évil", false),
        ]
    )
    func rebinding(host: String, isKnown: Bool) throws {
        #expect(SiteNames(["Pdu.example.net"]).include(host: host) == isKnown)
        var request = order("POST", "/api/groups", #"{"name":"A","element_ids":[]}"#)
        request.host = host
        // Such a page is, for the browser, one of the same site.
        request.origin = "http://\(host)"
        let response = answer(request)
        #expect(response.status == (isKnown ? 201 : 403))
        #expect(isKnown || response.text.contains("\"code\":\"unknown_name\""))
        // Who has a password for a name is on that site.
        (request.address, request.user) = ("192.0.2.1", "operator")
        #expect(answer(request).status == 201)
        // The page is told before it lets anybody write something.
        var question = Request(path: "/api/settings")
        question.address = "127.0.0.1"
        question.host = host
        #expect(try data(answer(question))["may_write"] as? Bool == isKnown)
    }

    @Test("are changed without a name by what is no browser, and say what to do about another")
    func names() {
        var request = order("POST", "/api/groups", #"{"name":"A","element_ids":[]}"#)
        (request.host, request.origin) = (nil, nil)
        #expect(answer(request).status == 201)
        request.host = "evil.example"
        let text = answer(request).text
        #expect(text.contains("evil.example"))
        #expect(text.contains("web.names in pdu-monitor.yaml"))
        request.host = String(repeating: "x", count: 10_000)
        #expect(answer(request).body.count < 500)
    }

    @Test("are changed by those that the configuration names, and by pages of this site")
    func writers() {
        let body = #"{"name":"A","element_ids":[]}"#
        func status(_ change: (inout Request) -> Void) -> Int {
            var request = order("POST", "/api/groups", body)
            change(&request)
            return answer(request).status
        }
        #expect(status { $0.address = "127.3.2.1" } == 201)
        #expect(status { $0.address = "::ffff:127.0.0.1" } == 201)
        #expect(status { $0.address = "192.0.2.1" } == 403)
        #expect(status { $0.address = "unix:" } == 403)
        #expect(status { $0.address = nil } == 403)
        #expect(status { ($0.address, $0.user) = ("192.0.2.1", "operator") } == 201)
        #expect(status { ($0.address, $0.user) = ("192.0.2.1", "guest") } == 403)
        // curl says nothing of where it comes from, and sends what no form of another site can.
        #expect(status { ($0.origin, $0.fetchSite) = (nil, nil) } == 201)
        #expect(status { $0.fetchSite = "cross-site" } == 403)
        #expect(status { $0.fetchSite = "same-site" } == 403)
        #expect(status { $0.origin = "https://evil.example" } == 403)
        #expect(status { $0.origin = "null" } == 403)
        #expect(status { $0.origin = "http://pdu.example.net.evil.example:8080" } == 403)
        #expect(status { $0.origin = "http://pdu.example.net" } == 403)
        #expect(status { ($0.origin, $0.host) = ("https://pdu.example.net", "pdu.example.net") } == 201)
        #expect(status { ($0.origin, $0.host) = ("https://PDU.example.net", "pdu.example.net:443") } == 201)
        #expect(status { $0.host = nil } == 403)
        #expect(status { $0.contentType = "text/plain" } == 415)
        #expect(status { $0.contentType = nil } == 415)
        #expect(status { $0.contentType = "Application/JSON; charset=utf-8" } == 201)
        #expect(status { $0.contentLength = 70_000 } == 413)
        #expect(status { $0.method = "GET" } == 405)
        var stranger = order("POST", "/api/groups", body)
        stranger.address = "192.0.2.1"
        #expect(answer(stranger).text.contains("web.writers"))
        #expect(answer(stranger).text.contains("not_allowed"))
        var patch = order("PATCH", "/api/groups/3", body)
        #expect(answer(patch).field("Allow") == "PUT, DELETE")
        patch.path = "/api/groups/03"
        #expect(answer(patch).status == 404)
    }

    @Test("say when somebody else was faster, a name is taken, or nothing can be kept")
    func failures() {
        let body = #"{"name":"A","element_ids":[],"revision":3}"#
        let expected: [(SettingsError, Int, String)] = [
            (.changed(revision: 4), 409, "changed"), (.nameTaken, 400, "name already"),
            (.unknownGroup(3), 404, "unknown_group"), (.tooManyGroups(1000), 400, "1000 groups"),
            (.unavailable("no room"), 503, "no room"),
        ]
        for (error, status, words) in expected {
            asking.settings.problem = error
            let response = answer(order("PUT", "/api/groups/3", body))
            #expect(response.status == status)
            #expect(response.text.contains(words), "\(response.text)")
        }
    }
}
