import CallPolicy
import Testing

@testable import Processor

@Suite("Shared limiter", .timeLimit(.minutes(5)))
struct SharedLimiterTests {
    @Test("a caller that is cancelled while it waits leaves the line and takes no other caller's place")
    func cancelled() async throws {
        let limiter = SharedLimiter(CallLimiter.Limits(inFlight: 1))
        let permit = try await limiter.enter()
        let impatient = (1...20).map { _ in Task { try await limiter.enter() } }
        for task in impatient { task.cancel() }
        for task in impatient {
            let error = try await #require(throws: APIError.self) { _ = try await task.value }
            #expect(error.failure == .cancelled && !error.mayHaveActed)
        }
        let next = Task { try await limiter.enter() }
        await limiter.leave(permit, nil)
        await limiter.leave(try await next.value, nil)
    }

    @Test("each request that ends lets one in, and all that wait get in")
    func line() async throws {
        let limiter = SharedLimiter(CallLimiter.Limits(inFlight: 2))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...200 {
                group.addTask {
                    let permit = try await limiter.enter()
                    await Task.yield()
                    await limiter.leave(permit, nil)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("after an outage that lasted too long all callers are sent away, with how long it lasted and the last answer")
    func closed() async throws {
        let limiter = SharedLimiter(CallLimiter.Limits(inFlight: 16, outagePatience: .zero))
        var permits: [CallLimiter.Permit] = []
        for _ in 1...16 { permits.append(try await limiter.enter()) }
        let waiting = Task { try await limiter.enter() }
        for permit in permits.dropLast() { await limiter.leave(permit, .status(503, retryAfter: nil)) }
        if let permit = try? await waiting.value { await limiter.leave(permit, .status(503, retryAfter: nil)) }
        let sentence = "Talon.One was unavailable for less than a minute (last answer: HTTP 503)"
        #expect(await limiter.state.outage == .apiUnavailable(sentence))
        let error = try await #require(throws: APIError.self) { _ = try await limiter.enter() }
        #expect(error.failure == .noConnection && error.description == sentence + ".")
    }
}
