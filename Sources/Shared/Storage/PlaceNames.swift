// What elements and sensors are called in the archive: by the PDU's key, a kind and a number, which mean the same in
// every database, as their ids do not.

import SQLite

enum PlaceSQL: String, StatementList {
    case elements = """
        SELECT element.id, pdu.key, element.kind, element.number
        FROM element
        JOIN pdu ON pdu.id = element.pdu_id
        """
    case sensors = """
        SELECT sensor.id, pdu.key, 'sensor', sensor.number
        FROM sensor
        JOIN pdu ON pdu.id = sensor.pdu_id
        """
}

/// The places of a database by their names, and the other way round.
struct PlaceNames {
    private var columns: [ArchivePlace: [UInt8]] = [:]
    /// By the hash of their columns.
    private var places: [UInt64: [ArchivePlace]] = [:]

    /// The names of everything in `database`.
    init(_ database: Connection) throws {
        let kinds: [(PlaceSQL, (Int64) -> ArchivePlace)] = [
            (.elements, { .element($0) }), (.sensors, { .sensor($0) }),
        ]
        for (statement, place) in kinds {
            try database.statement(statement).forEach { row in
                add((place(row.int(0)), key: row.text(1), kind: row.text(2), number: row.int(3)))
            }
        }
    }

    /// A place with the key of its PDU, what it is of the PDU, and its number there.
    typealias NamedPlace = (place: ArchivePlace, key: String, kind: String, number: Int64)

    /// The names of `places`.
    init(_ places: [NamedPlace]) {
        for place in places { add(place) }
    }

    /// The three columns of a line that name `place`, as in `left,outlet,7`; nil for what is not in the database.
    func columns(of place: ArchivePlace) -> [UInt8]? {
        columns[place]
    }

    /// The place that the three columns `line[range]` name; nil for one that is not in the database.
    func place(named line: [UInt8], _ range: Range<Int>) -> ArchivePlace? {
        places[PlaceNames.hash(line[range])]?.first { place in
            columns[place]?.elementsEqual(line[range]) ?? false
        }
    }

    private mutating func add(_ named: NamedPlace) {
        let bytes = Array("\(PlaceNames.field(named.key)),\(named.kind),\(named.number)".utf8)
        columns[named.place] = bytes
        places[PlaceNames.hash(bytes[...]), default: []].append(named.place)
    }

    /// `text` as a field of RFC 4180: in quotes where it would be mistaken otherwise.
    private static func field(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { byte in
            [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n")].contains(byte)
        }
        guard needsQuotes else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }

    /// FNV-1a, since a hash is taken of every line, and of bytes that lie within it.
    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
