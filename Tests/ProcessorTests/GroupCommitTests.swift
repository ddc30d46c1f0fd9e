import Testing

@testable import Processor

@Suite("Group commit", .timeLimit(.minutes(5)))
struct GroupCommitTests {
    @Test("each item gets its own answer, in groups of at most 256")
    func answers() async throws {
        let sizes = Sizes()
        let commit = GroupCommit<Int, Int> { group in
            await sizes.add(group.count)
            return group.map { $0 * 2 }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1_024 {
                group.addTask {
                    let answer = try await commit.commit(number)
                    #expect(answer == number * 2)
                }
            }
            try await group.waitForAll()
        }
        let all = await sizes.all
        #expect(all.reduce(0, +) == 1_024 && all.allSatisfy { $0 <= 256 })
    }

    @Test("a writer that answers fewer items than it was given fails them all, and none waits for ever")
    func tooFewAnswers() async throws {
        let commit = GroupCommit<Int, Int> { Array($0.dropLast()) }
        await #expect(throws: GroupCommit<Int, Int>.WrongCount.self) { _ = try await commit.commit(1) }
        await #expect(throws: GroupCommit<Int, Int>.WrongCount.self) { _ = try await commit.commit(2) }
    }

    @Test("an error of the writer reaches the items of its group and no others")
    func error() async throws {
        struct Refused: Error {}
        let commit = GroupCommit<Int, Int> { group in
            guard !group.contains(0) else { throw Refused() }
            return group
        }
        await #expect(throws: Refused.self) { _ = try await commit.commit(0) }
        #expect(try await commit.commit(1) == 1)
    }

    private actor Sizes {
        private(set) var all: [Int] = []
        func add(_ size: Int) { all.append(size) }
    }
}
