import Basics
import Foundation
import MIB
import Metering
import TestSupport
import Testing

@testable import Devices

/// What would be made of a recording.
private func conversation(about bindings: [VariableBinding]) -> DeviceConversation {
    var conversation = DeviceConversation(catalog: builtIn, hints: DeviceHints())
    RecordedAgent(RecordedWalk(bindings)).answer(&conversation)
    return conversation
}

/// What is read of a recording; nil when no family fits.
private func reading(of bindings: [VariableBinding]) -> DeviceReading? {
    try? conversation(about: bindings).result?.get()
}

/// `reading` without its texts.
private func numbers(_ reading: DeviceReading?) -> DeviceReading? {
    guard var bare = reading else { return nil }
    bare.identity.serial = nil
    bare.identity.name = nil
    for index in bare.elements.indices { bare.elements[index].name = nil }
    for index in bare.sensors.indices { bare.sensors[index].name = nil }
    bare.linkedUnits = bare.linkedUnits.compactMap { unit in
        numbers(unit.reading).map { LinkedUnit(number: unit.number, reading: $0) }
    }
    return bare
}

private func mask(
    _ bindings: [VariableBinding],
    keepsNames: Bool = false,
    secrets: [String] = [],
    seed: UInt64 = 1
) -> RecordingMask.Result {
    var random = SeededGenerator(seed: seed)
    let mask = RecordingMask(reading: reading(of: bindings), keepsNames: keepsNames, secrets: secrets)
    return mask.masked(bindings, using: &random)
}

private func text(_ bindings: [VariableBinding], _ object: String) -> String? {
    guard case .octets(let bytes)? = RecordedWalk(bindings)[ObjectIdentifier(object) ?? ObjectIdentifier([])]
    else {
        return nil
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// Whether `after` has a letter for every letter of `before`, a digit for every digit, and the rest as it was.
private func hasShape(_ after: String, of before: String) -> Bool {
    after.count == before.count
        && zip(after, before).allSatisfy { new, old in
            old.isLetter
                ? new.isLetter && new.isUppercase == old.isUppercase
                : old.isNumber ? new.isNumber : new == old
        }
}

private func rack() -> FakeDevice {
    var fake = APC.switchedAndMetered()
    fake["1.3.6.1.2.1.1.4.0"] = "ops@example.org, +44 20 7946 0000"
    fake["1.3.6.1.2.1.1.5.0"] = "rack-a1"
    fake["1.3.6.1.2.1.1.6.0"] = "Hall 3"
    fake["\(APC.rpdu2).2.1.4.1"] = "Hall 3"
    return fake
}

private func one(_ object: String, _ value: SNMPValue) -> [VariableBinding] {
    [VariableBinding(ObjectIdentifier(object) ?? ObjectIdentifier([]), value)]
}

private let vendorObject = "1.3.6.1.4.1.32473.1.0"

@Suite("Masking a recording")
struct RecordingMaskTests {
    @Test("leaves every number that is read of it, and every length", arguments: [false, true])
    func sameNumbers(keepsNames: Bool) throws {
        let devices = [rack(), APC.threePhase(), APC.firstGenerationWithPower()]
        for fake in devices {
            let before = fake.walk.bindings
            let after = mask(before, keepsNames: keepsNames).bindings

            #expect(after.map(\.identifier) == before.map(\.identifier))
            #expect(numbers(reading(of: after)) == numbers(reading(of: before)))
            for (old, new) in zip(before, after) {
                guard case .octets(let old) = old.value, case .octets(let new) = new.value else { continue }
                #expect(new.count == old.count)
            }
        }
    }

    @Test("takes the serial number out of every text, in the same way")
    func serialNumber() throws {
        let masked = mask(rack().walk.bindings)
        let serial = try #require(text(masked.bindings, "\(APC.rpdu2).2.1.9.1"))

        #expect(serial != "5A0000000001" && hasShape(serial, of: "5A0000000001"))
        let description = APC.sysDescr("AP8659").replacing("5A0000000001", with: serial)
        #expect(text(masked.bindings, "1.3.6.1.2.1.1.1.0") == description)
        #expect(masked.counts[.serialNumber] == 2)
    }

    @Test("masks a serial number of a device that no family fits, where sysDescr calls it one")
    func unknownFamily() throws {
        let masked = mask(
            one("1.3.6.1.2.1.1.1.0", "Power Strip 24 (S/N: XK-4711-0815) v1.2.3.4, serial 7")
        )
        let description = try #require(text(masked.bindings, "1.3.6.1.2.1.1.1.0"))

        #expect(!description.contains("4711") && description.hasPrefix("Power Strip 24 (S/N: "))
        #expect(description.hasSuffix(") v1.2.3.4, serial 7"))
    }

    @Test("masks contact, name and location wherever they stand")
    func systemTexts() throws {
        let masked = mask(rack().walk.bindings)
        let contact = try #require(text(masked.bindings, "1.3.6.1.2.1.1.4.0"))
        let name = try #require(text(masked.bindings, "1.3.6.1.2.1.1.5.0"))

        #expect(contact != "ops@example.org, +44 20 7946 0000")
        #expect(hasShape(contact, of: "ops@example.org, +44 20 7946 0000"))
        #expect(text(masked.bindings, "\(APC.device).3.1") == name + " ")
        #expect(text(masked.bindings, "\(APC.rpdu2).2.1.4.1") == text(masked.bindings, "1.3.6.1.2.1.1.6.0"))
        #expect(text(masked.bindings, "\(APC.rpdu2).2.1.4.1") != "Hall 3")
    }

    @Test("masks names of outlets and sensors unless they are to stay, but not what devices call them")
    func names() throws {
        var fake = rack()
        fake["\(APC.switched).3.9"] = "Outlet 9"
        fake["\(APC.metered).3.9"] = "Outlet 9"
        let masked = mask(fake.walk.bindings).bindings
        let kept = mask(fake.walk.bindings, keepsNames: true).bindings
        let name = try #require(text(masked, "\(APC.switched).3.12"))

        #expect(name != "Server 12" && hasShape(name, of: "Server 12"))
        #expect(text(masked, "\(APC.metered).3.12") == name)
        #expect(text(masked, "\(APC.sensor).3.1") != "Door")
        #expect(text(masked, "\(APC.switched).3.9") == "Outlet 9")
        #expect(text(masked, "\(APC.rpdu2).2.1.8.1") == "AP8659")
        #expect(text(kept, "\(APC.switched).3.12") == "Server 12")
        #expect(text(kept, "1.3.6.1.2.1.1.5.0") != "rack-a1")
    }

    @Test("makes IP addresses those of documentation, and leaves those that say nothing")
    func ipAddresses() throws {
        let objects =
            [[10, 1, 2, 3], [10, 1, 2, 4], [10, 1, 2, 3], [0, 0, 0, 0], [255, 255, 255, 0]] as [[UInt8]]
        let before = objects.enumerated().map { index, bytes in
            VariableBinding(ObjectIdentifier([1, 3, 6, 1, 4, 1, 32473, UInt32(index)]), .address(bytes))
        }
        let after = mask(before).bindings.map(\.value)

        #expect(after[0] == after[2] && after[0] != after[1] && after[0] != before[0].value)
        #expect(after[3...].elementsEqual(before[3...].map(\.value)))
        guard case .address(let bytes) = after[0] else {
            Issue.record("no address any more")
            return
        }
        #expect([[192, 0, 2], [198, 51, 100], [203, 0, 113]].contains(Array(bytes.prefix(3))))
    }

    @Test(
        "masks addresses within texts",
        arguments: [
            ("MAC 00:c0:b7:01:02:03.", "00:c0:b7:01:02:03"), ("00-C0-B7-01-02-03", "00-C0-B7-01-02-03"),
            ("at 00c0.b701.0203", "00c0.b701.0203"), ("000DC601AB02", "000DC601AB02"),
            ("http://10.11.12.13/", "10.11.12.13"), ("fe80::2c0:b7ff:fe01:203", "2c0:b7ff"),
        ]
    )
    func addressesInTexts(whole: String, address: String) throws {
        let masked = try #require(
            text(mask(one(vendorObject, .octets(Array(whole.utf8)))).bindings, vendorObject)
        )

        #expect(!masked.contains(address))
        #expect(hasShape(masked, of: whole))
    }

    @Test(
        "leaves texts alone that only look a little like something to mask",
        arguments: [
            "v6.5.6", "1.2.3.4", "12:34:56", "01/02/2020 13:27:05", "230.5", "face-off", "200-240 V", "3,5,7",
            "on",
            "123456789012",
        ]
    )
    func otherTexts(whole: String) throws {
        let masked = mask(one(vendorObject, .octets(Array(whole.utf8)))).bindings

        #expect(text(masked, vendorObject) == whole)
    }

    @Test("masks binary MAC addresses but their vendor's half, and nothing of another length")
    func binaryAddresses() throws {
        let address: [UInt8] = [0x00, 0xC0, 0xB7, 1, 2, 3]
        let masked = mask(one(vendorObject, .octets(address))).bindings
        guard case .octets(let bytes)? = masked.first?.value else { return }

        #expect(bytes.prefix(3) == address.prefix(3) && bytes != address && bytes.count == 6)
        let other = one(vendorObject, .octets([0x80, 0, 0, 1]))
        #expect(mask(other).bindings == other)
    }

    @Test("leaves tables out whose indexes are addresses, and the places of communities")
    func leftOut() throws {
        let objects = ["1.3.6.1.2.1.4.20.1.1.10.1.2.3", "1.3.6.1.4.1.318.2.1.2.2.1.3.1", "1.3.6.1.2.1.1.3.0"]
        let result = mask(objects.flatMap { one($0, 1) })

        #expect(result.bindings.map(\.identifier.description) == ["1.3.6.1.2.1.1.3.0"])
        #expect(result.leftOut == 2)
    }

    @Test("masks what it is told to, numbers included")
    func secrets() throws {
        let before = one(vendorObject, "community: s3cret-word!") + one("1.3.6.1.4.1.32473.2.0", 1_234_567)
        let result = mask(before, secrets: ["s3cret-word", "1234567"])

        #expect(text(result.bindings, vendorObject)?.contains("s3cret-word") == false)
        guard case .integer(let number)? = result.bindings.last?.value else { return }
        #expect(number != 1_234_567 && (1_000_000..<2_000_000).contains(number))
        #expect(result.counts[.secret] == 2)
    }

    @Test(
        "is another one each time, and what it says of the numbers of masked values is true",
        arguments: 0..<UInt64(5)
    )
    func randomness(seed: UInt64) throws {
        let before = rack().walk.bindings
        let result = mask(before, seed: seed)
        let again = mask(before, seed: seed + 1)

        #expect(result.bindings != again.bindings)
        #expect(result.bindings == mask(before, seed: seed).bindings)
        let changed = zip(before, result.bindings).count { $0 != $1 }
        #expect(changed <= result.counts.values.reduce(0, +))
    }

    @Test("knows names and serial numbers by their place, even where they look like measurements")
    func places() throws {
        var fake = rack()
        fake["\(APC.switched).3.9"] = "4711"
        fake["\(APC.metered).3.9"] = "4711"
        fake["1.3.6.1.4.1.318.9.1.0"] = "4711"
        let before = fake.walk.bindings
        let conversation = conversation(about: before)
        var random = SeededGenerator(seed: 1)
        let mask = RecordingMask(
            reading: try? conversation.result?.get(),
            origins: conversation.origins,
            keepsNames: false
        )
        let after = mask.masked(before, using: &random).bindings

        #expect(text(after, "\(APC.switched).3.9") != "4711" || text(after, "\(APC.metered).3.9") != "4711")
        #expect(text(after, "1.3.6.1.4.1.318.9.1.0") == "4711")
        #expect(
            text(after, "1.3.6.1.2.1.1.1.0")?.hasPrefix("APC Web/SNMP Management Card (MB:v4.1.0") == true
        )
        #expect(numbers(reading(of: after)) == numbers(reading(of: before)))
    }

    @Test("leaves the numbers of every family's device", arguments: fixtures)
    func families(name: String) throws {
        let bytes = try readFile("\(fixtureFolder)/\(name)")
        let before = try RecordedWalk(parsing: bytes, file: name).bindings
        let after = mask(before).bindings

        #expect(numbers(reading(of: after)) == numbers(reading(of: before)))
    }
}

private let fixtureFolder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "devices/fixtures").path()

/// The recordings of our own making.
private let fixtures: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: fixtureFolder)) ?? []
    return names.filter { $0.hasSuffix(".snmprec") }.sorted()
}()
