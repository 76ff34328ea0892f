import Basics
import Metering
import Storage
import TestSupport
import Testing
import Zlib

@testable import Spool

@Suite("The form of a spooled run")
struct FormatTests {
    @Test("keeps every field")
    func roundTrip() throws {
        let run = fullRun()

        #expect(try SpoolFormat.decode(SpoolFormat.encode(run)) == run)
    }

    /// A field that is added to a reading must be added to the form, too: this fails until it is.
    @Test("knows every field that there is")
    func isComplete() {
        let run = fullRun().run
        func fields(_ value: Any) -> Int { Mirror(reflecting: value).children.count }

        #expect(fields(fullElement(.wholePDU, 1)) == 19)
        #expect(fields(fullReading()) == 5)
        #expect(fields(fullReading().identity) == 5)
        #expect(fields(fullReading().sensors[0]) == 4)
        #expect(fields(LinkedUnit(number: 1, reading: emptyReading())) == 2)
        #expect(fields(run) == 6)
        #expect(fields(run.pdus[0]) == 7)
        #expect(fields(EngineRecord(engineID: [], boots: 0, time: 0, observedAt: monday)) == 4)
        #expect(fields(fullRun()) == 2)
        #expect(fields(fullRun().policy) == 1)
        // None of the optional ones is absent in the example.
        for child in Mirror(reflecting: fullElement(.wholePDU, 1)).children {
            #expect(Mirror(reflecting: child.value).children.count > 0 || child.label == "powerIsEstimate")
        }
    }

    @Test("keeps every kind, state and reason")
    func words() throws {
        for kind in ElementKind.allCases {
            for state in [SwitchState.on, .off, .unknown] {
                var run = smallRun(at: monday)
                var reading = emptyReading()
                reading.elements = [ElementReading(Element(kind, 1))]
                reading.elements[0].state = state
                run.run.pdus[0].outcome = .read(reading)
                #expect(try SpoolFormat.decode(SpoolFormat.encode(run)) == run)
            }
        }
        for reason in FailureReason.allCases {
            var run = smallRun(at: monday)
            run.run.pdus[0].outcome = .failed(reason, "")
            #expect(try SpoolFormat.decode(SpoolFormat.encode(run)) == run)
        }
    }

    @Test("keeps the largest and the smallest numbers")
    func extremes() throws {
        for number in [Int64.min, .min + 1, -1, 0, 63, 64, 127, 128, .max] {
            var run = fullRun()
            run.run.minute = UnixTime(number)
            run.run.pdus[0].latencyMilliseconds = number
            var reading = emptyReading()
            reading.elements = [ElementReading(Element(.outlet, Int(number)))]
            reading.elements[0].energy = FixedPoint(thousandths: number)
            reading.elements[0].phase = Int(number)
            run.run.pdus[0].outcome = .read(reading)
            #expect(try SpoolFormat.decode(SpoolFormat.encode(run)) == run)
        }
    }

    @Test("keeps runs made at random", arguments: 0..<40)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let run = randomRun(&generator)

        #expect(try SpoolFormat.decode(SpoolFormat.encode(run)) == run)
    }

    @Test("is refused with any byte changed, in any bit")
    func damaged() {
        let bytes = SpoolFormat.encode(fullRun())
        for position in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[position] ^= 1 << UInt8(bit)
                #expect(thrown(SpoolFormatError.self) { try SpoolFormat.decode(damaged) } != nil)
            }
        }
    }

    @Test("is refused at any other length")
    func truncated() {
        let bytes = SpoolFormat.encode(fullRun())
        for length in 0..<bytes.count {
            let error = thrown(SpoolFormatError.self) { try SpoolFormat.decode(Array(bytes[..<length])) }
            #expect(error != nil)
        }
        #expect(thrown(SpoolFormatError.self) { try SpoolFormat.decode(bytes + [0]) } != nil)
    }

    @Test("of another version is told from a damaged one")
    func version() {
        var bytes = SpoolFormat.encode(fullRun())
        bytes[8] = 2

        #expect(thrown(SpoolFormatError.self) { try SpoolFormat.decode(bytes) } == .unknownVersion(2))
    }

    /// Damage that the checksum does not find: nobody makes it by chance, but it must not end the program.
    @Test("survives nonsense with a right checksum", arguments: 0..<60)
    func forged(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var body = ByteWriter()
        body.put(seed % 2 == 0 ? fullRun() : randomRun(&generator))
        for _ in 0..<400 {
            var forged = body.bytes
            for _ in 0...Int(generator.next() % 4) {
                let place = Int(generator.next() % UInt64(forged.count))
                switch generator.next() % 3 {
                case 0: forged[place] = UInt8(generator.next() & 255)
                case 1: forged.remove(at: place)
                default: forged.insert(contentsOf: [255, 255, 255, 127], at: place)
                }
            }
            let decoded = try? SpoolFormat.decode(file(of: forged))
            // What is taken for a run is one: it can be written again.
            if let decoded { #expect(try SpoolFormat.decode(SpoolFormat.encode(decoded)) == decoded) }
        }
    }

    private func file(of body: [UInt8]) -> [UInt8] {
        var head = ByteWriter()
        head.putFixed(SpoolFormat.version)
        head.putFixed(UInt32(body.count))
        let bytes = Array("PDUspool".utf8) + head.bytes + deflate(body, level: 1)
        var checksum = CRC32()
        checksum.update(bytes)
        var tail = ByteWriter()
        tail.putFixed(checksum.value)
        return bytes + tail.bytes
    }

    @Test("takes a few bytes per outlet")
    func isCompact() {
        var generator = SeededGenerator(seed: 1)
        let pdus = (0..<100).map { number -> PolledPDU in
            var reading = fullReading()
            reading.elements = (1...24).map { outlet in
                var element = fullElement(Element(.outlet, outlet), Int64(generator.next() % 400_000))
                element.name = "Outlet \(outlet)"
                element.energy = FixedPoint(Int(generator.next() % 9_000_000))
                return element
            }
            let key = "PDU \(number)"
            return PolledPDU(
                key: key,
                name: key,
                address: "192.0.2.\(number)",
                outcome: .read(reading),
                latencyMilliseconds: 20,
                engine: nil
            )
        }
        let bytes = SpoolFormat.encode(waiting(at: monday, pdus, isComplete: true))

        #expect(bytes.count < 2400 * 16)
    }
}
