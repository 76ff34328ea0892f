// The lines of an archive file: CSV of RFC 4180, one reading each. Numbers are written in decimal, without a digit
// lost, so that what is read back has the same thousandths.

import Basics

/// What every archive file begins with.
enum ArchiveHeader {
    /// The columns, without the end of the line.
    static let line =
        "time,pdu,element,number,power_watts,apparent_power_va,current_amps,voltage_volts,power_factor,"
        + "energy_kwh,temperature_celsius,humidity_percent"
    /// The line as it is written.
    static let bytes = Array((line + "\r\n").utf8)
}

/// Writes readings as lines.
struct ArchiveEncoder {
    private let names: PlaceNames
    private var time: UnixTime?
    private var timeText: [UInt8] = []

    /// An encoder that knows places by `names`.
    init(_ names: PlaceNames) {
        self.names = names
    }

    /// Adds the line of `reading` to `bytes`; answers false, and adds nothing, when its place has no name.
    mutating func append(_ reading: ArchivedReading, to bytes: inout [UInt8]) -> Bool {
        guard let columns = names.columns(of: reading.place) else { return false }
        if time != reading.time {
            time = reading.time
            timeText = Array(reading.time.iso8601.utf8)
        }
        bytes += timeText
        bytes.append(Self.comma)
        bytes += columns
        switch reading {
        case .element(let values):
            for value in [
                values.power, values.apparentPower, values.current, values.voltage, values.powerFactor,
            ] {
                Self.append(value, decimals: 3, to: &bytes)
            }
            // The counter is of watt-hours.
            Self.append(values.energy, decimals: 6, to: &bytes)
            bytes += [Self.comma, Self.comma]
        case .sensor(let values):
            bytes += repeatElement(Self.comma, count: 6)
            Self.append(values.temperature, decimals: 3, to: &bytes)
            Self.append(values.humidity, decimals: 3, to: &bytes)
        }
        bytes += [0x0D, 0x0A]
        return true
    }

    private static let comma = UInt8(ascii: ",")

    /// Adds a comma and `value`, whose thousandths are the last of `decimals` decimals; only the comma for nil.
    private static func append(_ value: FixedPoint?, decimals: Int, to bytes: inout [UInt8]) {
        bytes.append(comma)
        guard let thousandths = value?.thousandths else { return }
        if thousandths < 0 { bytes.append(UInt8(ascii: "-")) }
        let unit: UInt64 = decimals == 3 ? 1000 : 1_000_000
        appendDigits(of: thousandths.magnitude / unit, to: &bytes)
        var fraction = thousandths.magnitude % unit
        var place = unit / 10
        if fraction > 0 { bytes.append(UInt8(ascii: ".")) }
        while fraction > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / place))
            fraction %= place
            place /= 10
        }
    }

    private static func appendDigits(of number: UInt64, to bytes: inout [UInt8]) {
        if number >= 10 { appendDigits(of: number / 10, to: &bytes) }
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }
}

/// Reads lines.
struct ArchiveDecoder {
    /// Why a line is none of the archive's.
    struct LineError: Error {
        let message: String
    }

    /// What a line is, to one who asks for some elements.
    enum Line {
        case reading(ArchivedReading)
        /// A reading of something else, at this time.
        case other(UnixTime)
    }

    private let names: PlaceNames
    private let elements: ClosedRange<Int64>
    private let includesSensors: Bool
    private var time = UnixTime(0)
    private var timeText: [UInt8] = []

    /// A decoder of lines of `elements`, and of sensors where they are wanted.
    init(_ names: PlaceNames, elements: ClosedRange<Int64>, includingSensors includesSensors: Bool) {
        self.names = names
        self.elements = elements
        self.includesSensors = includesSensors
    }

    /// What `line`, with or without the carriage return at its end, says.
    mutating func decode(_ line: [UInt8]) throws(LineError) -> Line {
        let end = line.last == 0x0D ? line.count - 1 : line.count
        guard let timeEnd = line[..<end].firstIndex(of: Self.comma),
            let placeEnd = Self.endOfPlace(line[(timeEnd + 1)..<end])
        else { throw LineError(message: "a line has too few columns") }
        try readTime(line[..<timeEnd])
        guard let place = names.place(named: line, timeEnd + 1..<placeEnd), isWanted(place) else {
            return .other(time)
        }
        var columns = Columns(line: line, position: placeEnd, end: end)
        return .reading(try reading(at: place, &columns))
    }

    private func isWanted(_ place: ArchivePlace) -> Bool {
        switch place {
        case .element(let id): elements.contains(id)
        case .sensor: includesSensors
        }
    }

    private func reading(
        at place: ArchivePlace,
        _ columns: inout Columns
    ) throws(LineError) -> ArchivedReading {
        let power = try columns.next(decimals: 3)
        let apparentPower = try columns.next(decimals: 3)
        let current = try columns.next(decimals: 3)
        let voltage = try columns.next(decimals: 3)
        let powerFactor = try columns.next(decimals: 3)
        let energy = try columns.next(decimals: 6)
        let temperature = try columns.next(decimals: 3)
        let humidity = try columns.next(decimals: 3)
        guard columns.isAtEnd else { throw LineError(message: "a line has too many columns") }
        switch place {
        case .element(let id):
            return .element(
                StoredReading(
                    time: time,
                    element: id,
                    power: power,
                    energy: energy,
                    current: current,
                    voltage: voltage,
                    apparentPower: apparentPower,
                    powerFactor: powerFactor
                )
            )
        case .sensor(let id):
            return .sensor(
                StoredSensorReading(time: time, sensor: id, temperature: temperature, humidity: humidity)
            )
        }
    }

    private mutating func readTime(_ text: ArraySlice<UInt8>) throws(LineError) {
        guard !text.elementsEqual(timeText) else { return }
        let parts = text.split { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            .compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
        guard text.count == 20, parts.count == 6 else {
            throw LineError(message: "a line does not begin with a time")
        }
        let date = CivilDate(year: parts[0], month: parts[1], day: parts[2])
        let read = UnixTime(date.daysSince1970 * 86_400 + parts[3] * 3600 + parts[4] * 60 + parts[5])
        // One way to write every time, and no others.
        guard read.iso8601.utf8.elementsEqual(text) else {
            throw LineError(message: "a line does not begin with a time")
        }
        // Kept only now: a wrong time must not pass the second time that it comes.
        time = read
        timeText = Array(text)
    }

    fileprivate static let comma = UInt8(ascii: ",")

    /// Where the PDU's key, the kind and the number end: at the third comma that is not in quotes.
    private static func endOfPlace(_ columns: ArraySlice<UInt8>) -> Int? {
        var commas = 0
        var isQuoted = false
        for index in columns.indices {
            switch columns[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case comma where !isQuoted:
                commas += 1
                if commas == 3 { return index }
            default: break
            }
        }
        return nil
    }
}

/// The columns of numbers of a line, each with the comma before it.
private struct Columns {
    let line: [UInt8]
    var position: Int
    let end: Int

    var isAtEnd: Bool { position == end }

    /// The number in the next column, in units of its last of `decimals` decimals; nil for an empty one.
    mutating func next(decimals: Int) throws(ArchiveDecoder.LineError) -> FixedPoint? {
        guard position < end, line[position] == ArchiveDecoder.comma else {
            throw ArchiveDecoder.LineError(message: "a line has too few columns")
        }
        position += 1
        guard position < end, line[position] != ArchiveDecoder.comma else { return nil }
        let isNegative = line[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        guard let magnitude = magnitude(decimals: decimals),
            let value = isNegative ? Self.negative(magnitude) : Int64(exactly: magnitude)
        else { throw ArchiveDecoder.LineError(message: "a number is not one that was written here") }
        return FixedPoint(thousandths: value)
    }

    /// The digits up to the next comma, as a whole number; nil for anything else.
    private mutating func magnitude(decimals: Int) -> UInt64? {
        var magnitude: UInt64 = 0
        var digits = 0
        var fraction: Int?
        while position < end, line[position] != ArchiveDecoder.comma {
            let byte = line[position]
            position += 1
            if byte == UInt8(ascii: "."), fraction == nil, digits > 0 {
                fraction = 0
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            guard let sum = Self.appended(byte - UInt8(ascii: "0"), to: magnitude) else { return nil }
            magnitude = sum
            digits += 1
            fraction = fraction.map { $0 + 1 }
        }
        guard digits > 0, fraction != 0, (fraction ?? 0) <= decimals else { return nil }
        for _ in (fraction ?? 0)..<decimals {
            guard let sum = Self.appended(0, to: magnitude) else { return nil }
            magnitude = sum
        }
        return magnitude
    }

    /// -`magnitude`; nil where that is too little for 64 bits.
    private static func negative(_ magnitude: UInt64) -> Int64? {
        magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }

    private static func appended(_ digit: UInt8, to number: UInt64) -> UInt64? {
        let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
        return overflow || carry ? nil : sum
    }
}
