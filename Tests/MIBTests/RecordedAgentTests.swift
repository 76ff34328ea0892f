import MIB
import Testing

private func binding(_ identifier: String, _ value: Int64) throws -> VariableBinding {
    VariableBinding(try #require(ObjectIdentifier(identifier)), .integer(value))
}

@Suite("A recorded agent")
struct RecordedAgentTests {
    let agent: RecordedAgent
    let column = ObjectIdentifier([1, 3, 2])
    let other = ObjectIdentifier([1, 3, 5])

    init() throws {
        let objects = [("1.3.1", 1), ("1.3.2.1", 21), ("1.3.2.2", 22), ("1.3.5.1", 51)]
        agent = RecordedAgent(RecordedWalk(try objects.map { try binding($0.0, Int64($0.1)) }))
    }

    @Test("gives the values asked for, and says what is not there")
    func get() throws {
        let present = ObjectIdentifier([1, 3, 1])
        let reply = agent.answer(.get([present, column]))

        let expected = [try binding("1.3.1", 1), VariableBinding(column, .absent)]
        #expect(reply == .bindings(expected))
    }

    @Test("gives what comes next, and says where its view ends")
    func getNext() throws {
        let last = other.appending([1])
        let reply = agent.answer(.getNext([column, last]))

        let expected = [try binding("1.3.2.1", 21), VariableBinding(last, .endOfView)]
        #expect(reply == .bindings(expected))
    }

    @Test("gives rows to GETBULK, each column from its own place, and stops when all have ended")
    func getBulk() throws {
        let reply = agent.answer(.getBulk([column, other], repetitions: 10))
        let end = VariableBinding(other.appending([1]), .endOfView)

        let expected = [
            try binding("1.3.2.1", 21), try binding("1.3.5.1", 51),
            try binding("1.3.2.2", 22), end,
            try binding("1.3.5.1", 51), end,
            end, end,
        ]
        #expect(reply == .bindings(expected))
    }

    @Test("gives nothing to GETBULK for no rows", arguments: [0, -1])
    func noRows(repetitions: Int) {
        #expect(agent.answer(.getBulk([column], repetitions: repetitions)) == .bindings([]))
    }
}
