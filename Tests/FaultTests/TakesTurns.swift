import Foundation
import Testing

/// Runs few of these tests at once: each starts processes that keep real deadlines, which an overloaded machine breaks.
struct TakesTurns: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Self.turns.take()
        let result: Result<Void, any Error>
        do { result = .success(try await function()) } catch { result = .failure(error) }
        await Self.turns.giveBack()
        try result.get()
    }

    private static let turns = Turns(count: min(4, max(2, ProcessInfo.processInfo.activeProcessorCount)))
}

extension Trait where Self == TakesTurns {
    static var takesTurns: Self { Self() }
}

private actor Turns {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) {
        free = count
    }

    func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
