// What in a reading cannot quite be true. A profile with a wrong scale or column gives numbers that look fine one by
// one; together they contradict each other. Doubts are for the person who looks at a device for the first time:
// nothing is held back because of one.

import Basics
package import Metering

/// Something in a reading that does not go together.
package struct ReadingDoubt: Hashable, Sendable {
    /// What it is about.
    package enum Subject: Hashable, Sendable {
        case element(Element)
        /// The sensor of this number.
        case sensor(Int)
    }

    package let subject: Subject
    /// One sentence with the numbers, without a full stop.
    package let sentence: String
}

/// What does not go together in `reading`, without the units that are linked to it; none when all is plausible.
///
/// Walks and polls are no snapshots, and meters are apart by several per cent, so only what no meter does is told.
package func doubts(about reading: DeviceReading) -> [ReadingDoubt] {
    let steps = Steps(of: reading)
    let phases = reading.elements.count { $0.element.kind == .phase }
    var found: [ReadingDoubt] = []
    for element in reading.elements {
        let isOneOfSeveral = phases > 1 && element.element.kind == .phase
        let sentences = [
            phases > 1 && element.element.kind == .pdu
                ? nil : powerDoubt(element, steps, onlyPowersOfTen: isOneOfSeveral),
            apparentPowerDoubt(element, steps),
            voltageDoubt(element),
            powerFactorDoubt(element), ratingDoubt(element), energyDoubt(element),
        ]
        found += sentences.compactMap { $0 }.map {
            ReadingDoubt(subject: .element(element.element), sentence: $0)
        }
    }
    for kind in [ElementKind.phase, .bank, .outlet] {
        guard let sentence = sumDoubt(reading.elements, of: kind, steps) else { continue }
        found.append(ReadingDoubt(subject: .element(.wholePDU), sentence: sentence))
    }
    for sensor in reading.sensors {
        found += sensorDoubts(sensor).map { ReadingDoubt(subject: .sensor(sensor.number), sentence: $0) }
    }
    return found
}

// MARK: - One element

/// The watts against volts × amperes × power factor; without a power factor, only more than volts × amperes is told.
///
/// Loads between two of several lines have their current in both and their power in one of the rows, so there only a
/// factor of ten says something.
private func powerDoubt(_ element: ElementReading, _ steps: Steps, onlyPowersOfTen: Bool) -> String? {
    guard !element.powerIsEstimate, let watts = element.activePower, let current = element.current,
        let voltage = element.voltage, voltage.thousandths > 0
    else { return nil }
    let amperes = Interval(current, step: steps.current)
    let volts = Interval(voltage, step: steps.voltage)
    let factor =
        element.powerFactor.map { Interval(abs($0), step: steps.powerFactor) }
        ?? Interval(low: 0.05, middle: 1, high: 1)
    let expected = amperes.times(volts).times(factor)
    let factorWords = element.powerFactor.map { " × \($0)" } ?? ""
    return contradiction(
        measured: Interval(watts, step: steps.power),
        expected: expected,
        // A voltage between two lines is √3 of what the load has.
        others: [rootOfThree, 1 / rootOfThree],
        onlyPowersOfTen: onlyPowersOfTen
    ) { "\(watts) W, but \(voltage) V × \(current) A\(factorWords) = \(shown(expected.middle)) W\($0)" }
}

/// The volt-amperes against volts × amperes, and that they are no less than the watts.
private func apparentPowerDoubt(_ element: ElementReading, _ steps: Steps) -> String? {
    guard let apparent = element.apparentPower, let watts = element.activePower, !element.powerIsEstimate
    else {
        return nil
    }
    let active = Interval(watts, step: steps.power)
    let excess = active.low - Interval(apparent, step: steps.apparentPower).high * (1 + mostError)
    return excess > smallLoad ? "\(watts) W is more than its \(apparent) VA" : nil
}

private func voltageDoubt(_ element: ElementReading) -> String? {
    guard let voltage = element.voltage else { return nil }
    let volts = voltage.doubleValue
    // Mains, between lines, too; and DC.
    if (80...500).contains(volts) || (10...60).contains(volts) { return nil }
    let hasLoad = (element.current?.thousandths ?? 0) > 0 || (element.activePower?.thousandths ?? 0) > 0
    return volts == 0 && !hasLoad ? nil : "\(voltage) V is no voltage that a PDU has"
}

private func powerFactorDoubt(_ element: ElementReading) -> String? {
    guard let factor = element.powerFactor, abs(factor) > FixedPoint(1) else { return nil }
    return "a power factor of \(factor) is beyond 1"
}

private func ratingDoubt(_ element: ElementReading) -> String? {
    if let current = element.current, let rating = element.ratedCurrent, rating.thousandths > 0,
        current.doubleValue > rating.doubleValue * 1.25
    {
        return "\(current) A, of \(rating) A that it is made for"
    }
    if let power = element.activePower, let rating = element.ratedPower, rating.thousandths > 0,
        power.doubleValue > rating.doubleValue * 1.25
    {
        return "\(power) W, of \(rating) W that it is made for"
    }
    return nil
}

/// A counter at 0 under a load that would move it within minutes.
private func energyDoubt(_ element: ElementReading) -> String? {
    guard element.energy == FixedPoint(0), let power = element.activePower, power >= FixedPoint(50) else {
        return nil
    }
    return "\(power) W, but its energy counter stands at 0"
}

private func sensorDoubts(_ sensor: SensorReading) -> [String] {
    var sentences: [String] = []
    if let temperature = sensor.temperature, !(-30...70).contains(temperature.doubleValue) {
        let isFahrenheit = (32...130).contains(temperature.doubleValue)
        sentences.append(
            "\(temperature) °C is no temperature of a rack\(isFahrenheit ? "; may it be °F?" : "")"
        )
    }
    if let humidity = sensor.humidity, !(1...100).contains(humidity.doubleValue) {
        sentences.append("\(humidity) % is no humidity of a room")
    }
    return sentences
}

// MARK: - Sums

/// The power of all phases, banks or outlets against that of the unit.
private func sumDoubt(_ elements: [ElementReading], of kind: ElementKind, _ steps: Steps) -> String? {
    let parts = elements.filter { $0.element.kind == kind }
    guard let unit = elements.first(where: { $0.element == .wholePDU }), let whole = unit.activePower,
        !unit.powerIsEstimate, !parts.contains(where: \.powerIsEstimate)
    else { return nil }
    let powers = parts.compactMap(\.activePower)
    guard powers.count > 1 || (powers.count == 1 && parts.count == 1) else { return nil }
    let sum = FixedPoint(thousandths: powers.reduce(0) { $0 + $1.thousandths })
    let margin = Double(powers.count) * steps.power
    let middle = sum.doubleValue
    let measured = Interval(whole, step: steps.power)
    var expected = Interval(low: middle - margin, middle: middle, high: middle + margin)
    // Where not every part is measured, only a sum that is too much says something.
    if powers.count < parts.count { expected.high = .infinity }
    return contradiction(measured: measured, expected: expected) {
        "its \(powers.count) \(kind.rawValue)s add up to \(sum) W, but it has \(whole) W\($0)"
    }
}

// MARK: - Comparing

private let rootOfThree = Double(3).squareRoot()
/// What meters may be apart, and walks of changing loads.
private let mostError = 0.2
/// Watts below which nothing is told: supplies that idle do as they like, and meters see little of them.
private let smallLoad = 25.0

/// The sentence when `measured` is not what is expected, nor `others` times that; nil when it is.
///
/// `words` is given what follows the comparison: how many times too much, where that is a power of ten.
private func contradiction(
    measured: Interval,
    expected: Interval,
    others: [Double] = [],
    onlyPowersOfTen: Bool = false,
    _ words: (String) -> String
) -> String? {
    let fits = ([1] + others).contains { factor in
        measured.high >= expected.low * factor * (1 - mostError) - smallLoad
            && measured.low <= expected.high * factor * (1 + mostError) + smallLoad
    }
    if fits { return nil }
    guard measured.middle > 0, expected.middle > 0 else { return onlyPowersOfTen ? nil : words("") }
    let ratio = measured.middle / expected.middle
    for (factor, times, part) in [
        (10.0, "ten", "tenth"), (100, "a hundred", "hundredth"), (1000, "a thousand", "thousandth"),
    ] {
        if (0.7...1.4).contains(ratio / factor) { return words(": \(times) times as much") }
        if (0.7...1.4).contains(ratio * factor) { return words(": a \(part) of it") }
    }
    return onlyPowersOfTen ? nil : words("")
}

/// A number that is known with some error.
private struct Interval {
    var low: Double
    var middle: Double
    var high: Double

    init(low: Double, middle: Double, high: Double) {
        self.low = low
        self.middle = middle
        self.high = high
    }

    /// `number`, give or take a step.
    init(_ number: FixedPoint, step: Double) {
        middle = number.doubleValue
        low = max(0, middle - step)
        high = middle + step
    }

    func times(_ other: Interval) -> Interval {
        Interval(low: low * other.low, middle: middle * other.middle, high: high * other.high)
    }
}

/// The steps in which a device tells its numbers, as far as they show: 0.1 A when every current is a multiple of it.
private struct Steps {
    let current: Double
    let voltage: Double
    let power: Double
    let apparentPower: Double
    let powerFactor: Double

    init(of reading: DeviceReading) {
        func step(_ values: [FixedPoint?], most: Int64) -> Double {
            var step = most
            for value in values.compactMap({ $0?.thousandths }) {
                while step > 1, value % step != 0 { step /= 10 }
            }
            return FixedPoint(thousandths: step).doubleValue
        }
        current = step(reading.elements.map(\.current), most: 1000)
        voltage = step(reading.elements.map(\.voltage), most: 1000)
        power = step(reading.elements.map(\.activePower), most: 10_000)
        apparentPower = step(reading.elements.map(\.apparentPower), most: 10_000)
        powerFactor = step(reading.elements.map(\.powerFactor), most: 100)
    }
}

private func abs(_ number: FixedPoint) -> FixedPoint {
    FixedPoint(thousandths: Swift.abs(number.thousandths))
}

/// A product, to the tenth.
private func shown(_ number: Double) -> String {
    FixedPoint((number * 10).rounded() / 10)?.description ?? "\(number)"
}
