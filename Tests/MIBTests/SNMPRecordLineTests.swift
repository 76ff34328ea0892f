import MIB
import TestSupport
import Testing

private let object = ObjectIdentifier([1, 3, 6, 1, 9, 1])

@Suite("Lines of .snmprec files")
struct SNMPRecordLineTests {
    @Test(
        "have the tag of the type, and hexadecimal where text would not do",
        arguments: [
            (SNMPValue.integer(-1), "2|-1"),
            (.unsigned(4_294_967_295), "66|4294967295"),
            (.unsigned(4_294_967_296), "70|4294967296"),
            (.timeTicks(123), "67|123"),
            (.octets(Array("a|b # \"c\"".utf8)), "4|a|b # \"c\""),
            (.octets([]), "4|"),
            (.octets(Array("a ".utf8)), "4x|6120"),
            (.octets(Array(" a".utf8)), "4x|2061"),
            (.octets([0, 0xC0, 0xB7]), "4x|00c0b7"),
            (.octets(Array("ü".utf8)), "4x|c3bc"),
            (.identifier(ObjectIdentifier([1, 3, 6])), "6|1.3.6"),
            (.address([192, 0, 2, 1]), "64|192.0.2.1"),
            (.null, "5|"),
        ]
    )
    func types(value: SNMPValue, expected: String) {
        #expect(SNMPRecord.line(VariableBinding(object, value)) == "1.3.6.1.9.1|\(expected)")
    }

    @Test("there are none for what is no object", arguments: [SNMPValue.absent, .endOfView])
    func absence(value: SNMPValue) {
        #expect(SNMPRecord.line(VariableBinding(object, value)) == nil)
        #expect(SNMPRecord.line(VariableBinding(ObjectIdentifier([]), .null)) == nil)
    }

    @Test("are read back as what they were", arguments: 0..<UInt64(40))
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bindings: [VariableBinding] = []
        for number in 0..<200 {
            let identifier = object.appending([UInt32(number), .random(in: 0 ... .max, using: &random)])
            bindings.append(VariableBinding(identifier, value(&random)))
        }
        let lines = bindings.compactMap(SNMPRecord.line)
        let text = lines.joined(separator: "\n") + "\n"

        let walk = try RecordedWalk(parsing: Array(text.utf8), file: "test.snmprec")

        #expect(walk.bindings == bindings)
    }

    private func value(_ random: inout SeededGenerator) -> SNMPValue {
        switch Int.random(in: 0..<9, using: &random) {
        case 0: .integer(.random(in: .min ... .max, using: &random))
        case 1: .integer(.random(in: -100...100, using: &random))
        case 2: .unsigned(.random(in: 0 ... .max, using: &random))
        case 3: .timeTicks(.random(in: 0 ... .max, using: &random))
        case 4: .octets(bytes(in: 0...255, &random))
        case 5: .octets(bytes(in: 0x20...0x7E, &random))
        case 6: .identifier(ObjectIdentifier((0...10).map { _ in .random(in: 0 ... .max, using: &random) }))
        case 7: .address((0..<4).map { _ in .random(in: 0...255, using: &random) })
        default: .null
        }
    }

    private func bytes(in range: ClosedRange<UInt8>, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...40, using: &random)).map { _ in .random(in: range, using: &random) }
    }
}
