import Testing

@testable import SNMP

@Suite("The frame of a message") struct MessageFrameTests {
    private static func sequence(_ content: [UInt8]) -> [UInt8] { [0x30, UInt8(content.count)] + content }
    private static func octets(_ content: [UInt8]) -> [UInt8] { [0x04, UInt8(content.count)] + content }

    private static let header = sequence([0x02, 1, 9, 0x02, 2, 0x05, 0xDC, 0x04, 1, 0, 0x02, 1, 3])
    private static let security = octets(
        sequence(
            octets([0x80, 0, 0x1F, 0x88, 5]) + [0x02, 1, 7, 0x02, 2, 1, 0x2C] + octets([]) + octets([])
                + octets([])
        )
    )
    private static let content = sequence(octets([1]) + octets([]) + [0xA8, 2, 0x05, 0])
    private static let report = sequence([0x02, 1, 3] + header + security + content)
    private static let response = sequence(
        [0x02, 1, 1] + octets([0x70]) + [0xA2, 11, 0x02, 1, 1, 0x02, 1, 0, 0x02, 1, 0, 0x30, 0]
    )

    @Test("of every version is sound, with something behind it, too")
    func sound() {
        #expect(MessageFrame.isSound(Self.report))
        #expect(MessageFrame.isSound(Self.report + [1, 2, 3]))
        #expect(MessageFrame.isSound(Self.response))
        #expect(
            MessageFrame.isSound(
                Self.sequence([0x02, 1, 3] + Self.header + Self.security + Self.octets([1, 2]))
            )
        )
    }

    @Test("that ends early is not", arguments: 0..<60)
    func truncated(count: Int) {
        #expect(!MessageFrame.isSound(Array(Self.report.prefix(min(count, Self.report.count - 1)))))
        #expect(!MessageFrame.isSound(Array(Self.response.prefix(min(count, Self.response.count - 1)))))
    }

    @Test("in which a length claims more than the element around it has is not")
    func longLengths() {
        // Of the report: message, version, header, its first part, security, its sequence, engine ID, user, content.
        let header = 5
        let security = header + Self.header.count
        for place in [1, 3, header + 1, header + 3, security + 1, security + 3, security + 5, security + 19] {
            for length in [0x60, 0x7F, 0x80, 0x84, 0xFF] as [UInt8] {
                var changed = Self.report
                changed[place] = length
                #expect(!MessageFrame.isSound(changed))
            }
        }
    }

    @Test("of security parameters that are fewer, more, or of other types is not")
    func parameters() {
        let start = Self.octets([0x80, 0, 0x1F, 0x88, 5])
        let two = [Self.octets([]), Self.octets([])].flatMap { $0 }
        let numbers: [UInt8] = [0x02, 1, 7, 0x02, 1, 1]
        let text: [UInt8] = [0x04, 1, 7, 0x02, 1, 1]
        let tooFew = start + numbers + two
        let tooMany = start + numbers + two + two
        let otherTypes = start + text + two + Self.octets([])
        for fields in [[], start, tooFew, tooMany, otherTypes] {
            let message = Self.sequence(
                [0x02, 1, 3] + Self.header + Self.octets(Self.sequence(fields)) + Self.content
            )
            #expect(!MessageFrame.isSound(message))
        }
    }

    @Test("may not be nested without end")
    func deep() {
        var message: [UInt8] = [0x05, 0]
        for _ in 0..<40 { message = Self.sequence(message) }

        #expect(!MessageFrame.isSound(message))
    }
}
