internal import Basics
internal import Storage

/// One question of the interface, with its parameters checked.
///
/// Its initializer throws 400, and ignores parameters that it does not know.
protocol Endpoint {
    /// Whether the answer changes by the passing of time alone.
    static var dependsOnTime: Bool { get }
    /// Whether the answer may take a second of a thread's time; only some threads may be busy with such.
    static var isSlow: Bool { get }
    /// The groups that it is about; their elements are in its context then.
    var groupIDs: [Int64] { get }

    /// The answer, of one state of the history.
    func answer(in context: Context) throws -> Answer
}

extension Endpoint {
    static var isSlow: Bool { false }
    var groupIDs: [Int64] { [] }
}

/// What an endpoint answers from: one state of the history, at one moment.
struct Context {
    let site: Site
    let history: any HistoryQueries
    let moment: Moment
    /// The groups that the question names, as far as there are such.
    var groups: [ElementGroup] = []

    /// A time as the interface writes it: RFC 3339 with the site's offset; nil stays nil.
    func text(_ time: UnixTime?) -> String? {
        time.map(site.calendar.iso8601)
    }
}

extension JSONWriter {
    /// `"name":[…]`, one value for each of `elements`.
    mutating func column<Element>(
        _ name: String,
        _ elements: [Element],
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        member(name) { json in
            json.array { json in
                for element in elements { write(&json, element) }
            }
        }
    }

    /// An energy in kWh, of millionths of a kWh; exact, or `null`.
    ///
    /// A tile is the sum of the bars to the last digit, since it adds these whole numbers up.
    mutating func kilowattHours(_ millionths: Int64?) {
        value(millionths: millionths)
    }
}
