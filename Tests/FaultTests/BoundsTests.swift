import Foundation
import SubjectRequests
import Synchronization
import TalonOneSandbox
import TestEnvironment
import Testing

/// A long queue before a slow API.
@Suite("A long queue does not grow the run", .takesTurns, .timeLimit(.minutes(30)))
struct BoundsTests {
    private static let inventory = SandboxMatch(operation: "getCustomerInventory")

    /// An environment with access requests of `count` customers, and a last one of `nobody`. Those of one customer would
    /// wait for each other.
    private static func with(accesses count: Int, _ body: @Sendable (TestEnvironment) async throws -> Void) async throws
    {
        try await TestEnvironment.with(on: try await FaultServer.shared, environment: ["DSR_CONCURRENCY": "4"]) { env in
            try await env.submit(.access, customers: 1...count)
            try await env.submit(.access, "nobody")
            try await body(env)
        }
    }

    @Test("a run holds at most twice as many claims as its concurrency")
    func claims() async throws {
        try await Self.with(accesses: 200) { env in
            await env.sandbox.install(SandboxFault(.delay(milliseconds: 20), match: Self.inventory))
            try await env.running { _ in
                var most = 0
                for number in stride(from: 4, through: 160, by: 4) {
                    try await env.received(Self.inventory, number: number)
                    let held = try await env.requests("state = 'running'")
                    most = max(most, held)
                }
                #expect((1...8).contains(most))
            }
            .expect(0)
        }
    }

    /// Compares the peak of a run's memory after 300 requests, when everything that is allocated once has been allocated,
    /// with the peak after 3,000 more.
    ///
    /// A bounded run grows by 0.01 to 0.04 KiB for each request, because of the allocator. A run that kept nothing but each
    /// answered request would grow by 0.16 KiB, and one that kept documents by several KiB. An overloaded machine can
    /// disturb one reading; growth shows in both.
    @Test("the memory of a run does not grow with the number of its requests")
    func memory() async throws {
        let bound = 0.1
        let first = try await Self.growth(afterRequest: 300, over: 3_000)
        guard first > bound else { return }
        let second = try await Self.growth(afterRequest: 300, over: 3_000)
        #expect(second <= bound, "\(first), and again \(second) KiB for each request")
    }

    /// How much the peak of a run's memory grows for each request, in KiB.
    private static func growth(afterRequest start: Int, over count: Int) async throws -> Double {
        let growth = Mutex(0.0)
        try await with(accesses: start + count) { env in
            let last = SandboxMatch(operation: "getCustomerInventory", identifier: "nobody")
            await env.sandbox.install(SandboxFault(.hang, match: last))
            // With an arena for each thread, what one thread allocates and another frees grows the peak by as much.
            try await env.running(setting: ["MALLOC_ARENA_MAX": "1"]) { child in
                try await env.received(Self.inventory, from: start)
                let before = try Self.peak(of: child.processIdentifier)
                try await env.received(last)
                let after = try Self.peak(of: child.processIdentifier)
                growth.withLock { $0 = Double(after - before) / Double(count) }
                await env.sandbox.clearFaults()
            }
            .expect(0)
        }
        return growth.withLock { $0 }
    }

    /// The peak of a process's memory so far, in KiB.
    private static func peak(of process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1]))
    }
}
