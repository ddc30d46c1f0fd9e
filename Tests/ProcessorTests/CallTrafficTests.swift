import CallPolicy
import Testing

@testable import Processor

@Suite("Traffic through the gate", .timeLimit(.minutes(1)))
struct CallTrafficTests {
    @Test("who is cancelled while waiting leaves the line, and does not take anybody's place")
    func cancelled() async throws {
        let traffic = CallTraffic(CallGate.Limits(inFlight: 1))
        let pass = try await traffic.enter()
        let impatient = (1...20).map { _ in Task { try await traffic.enter() } }
        for task in impatient { task.cancel() }
        for task in impatient {
            let error = try await #require(throws: CallError.self) { _ = try await task.value }
            #expect(error.failure == .cancelled && !error.mayHaveActed)
        }
        let next = Task { try await traffic.enter() }
        await traffic.leave(pass, .answered)
        await traffic.leave(try await next.value, .answered)
    }

    @Test("each end of a call lets one in, and all that wait get in")
    func line() async throws {
        let traffic = CallTraffic(CallGate.Limits(inFlight: 2))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...200 {
                group.addTask {
                    let pass = try await traffic.enter()
                    await Task.yield()
                    await traffic.leave(pass, .answered)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("after an outage that outlasts all patience, whoever waits and whoever comes is sent away")
    func closed() async throws {
        let traffic = CallTraffic(CallGate.Limits(inFlight: 16, outagePatience: .zero))
        var passes: [CallGate.Pass] = []
        for _ in 1...16 { passes.append(try await traffic.enter()) }
        let waiting = Task { try await traffic.enter() }
        for pass in passes.dropLast() { await traffic.leave(pass, .unanswered) }
        if let pass = try? await waiting.value { await traffic.leave(pass, .unanswered) }
        #expect(await traffic.isClosed)
        let error = try await #require(throws: CallError.self) { _ = try await traffic.enter() }
        #expect(error.failure == .noConnection && !error.mayHaveActed)
    }
}
