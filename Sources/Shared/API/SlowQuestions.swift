internal import Synchronization

/// How many questions that take long may be worked out at once, so that there are always threads for the others.
package final class SlowQuestions: Sendable {
    private let limit: Int
    private let underWay = Atomic<Int>(0)

    /// Lets half of `threads` be busy with them, and one where there is but one.
    package init(threads: Int) {
        limit = max(1, threads / 2)
    }

    /// One of those that are under way, for as long as somebody holds it.
    final class Place: Sendable {
        private let questions: SlowQuestions

        fileprivate init(in questions: SlowQuestions) {
            self.questions = questions
        }

        deinit {
            questions.underWay.wrappingSubtract(1, ordering: .relaxed)
        }
    }

    /// A place among those under way, for what goes on after its first answer; throws a 429 where there is none.
    func hold() throws(APIError) -> Place {
        let others = underWay.wrappingAdd(1, ordering: .relaxed).oldValue
        guard others < limit else {
            underWay.wrappingSubtract(1, ordering: .relaxed)
            throw .tooManyAtOnce(limit: limit)
        }
        return Place(in: self)
    }

    /// What `work` gives, unless too many others are under way: then it throws a 429, to be tried again in a second.
    func workOut<Answer>(_ work: () throws -> Answer) throws -> Answer {
        let others = underWay.wrappingAdd(1, ordering: .relaxed).oldValue
        defer { underWay.wrappingSubtract(1, ordering: .relaxed) }
        guard others < limit else { throw APIError.tooManyAtOnce(limit: limit) }
        return try work()
    }
}
