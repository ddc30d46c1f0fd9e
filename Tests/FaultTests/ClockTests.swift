import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

/// A host whose clock is wrong, or is set during a run.
@Suite("A wrong clock changes nothing", .takesTurns, .timeLimit(.minutes(30)))
struct ClockTests {
    private static let environment = ["DSR_CONCURRENCY": "4", "DSR_LEASE_SECONDS": "6"]
    private static let inventory = SandboxMatch(operation: "getCustomerInventory")

    @Test(
        "two runs share the work, whether the clock of one is off by an hour or by a year",
        arguments: [3_600, -3_600, 31_536_000, -31_536_000]
    )
    func skew(_ seconds: Int) async throws {
        try await TestEnvironment.withEvidence(on: try await FaultServer.shared, environment: Self.environment) {
            env,
            _ in
            let invariants = try await env.queue(.erasure, .access, customers: 40)
            let clock = try WallClock(for: env, offBy: seconds)
            await env.sandbox.install(SandboxFault(.delay(milliseconds: 20)))
            async let wrong = env.dsr(["run"], setting: clock.environment)
            async let right = env.dsr("run")
            try await wrong.expect(0)
            try await right.expect(0)
            let counts = try await invariants.expectAll()
            #expect(counts.received == 40 && counts.leasesLost == 0, "\(counts)")
            // The rows and the log entries have the database's time.
            let longAgo = try await env.count(
                """
                select count(*) from dsr.evidence_leaves l join dsr.evidence_payloads p using (index),
                    lateral (select (convert_from(p.payload, 'UTF8')::json ->> 'time')::timestamptz as at) x
                where abs(extract(epoch from at - clock_timestamp())) > 600 or at is null
                """
            )
            #expect(longAgo == 0)
            #expect(try await env.requests("abs(extract(epoch from finished_at - clock_timestamp())) > 600") == 0)
        }
    }

    @Test(
        "a clock that jumps during a run costs neither the lease nor a deadline",
        arguments: [3_600, -3_600]
    )
    func jump(_ seconds: Int) async throws {
        try await TestEnvironment.withEvidence(on: try await FaultServer.shared, environment: Self.environment) {
            env,
            _ in
            let invariants = try await env.queue(.erasure, .access, customers: 40)
            let clock = try WallClock(for: env, offBy: 0)
            await env.sandbox.install(SandboxFault(.delay(milliseconds: 50)))
            let proxy = try await PostgresProxy.start(before: env.postgres)
            let settings = proxy.variables(for: env).merging(clock.environment) { $1 }
            let ended = try await env.running(["run"], setting: settings) { _ in
                try await env.received(Self.inventory, number: 5)
                try clock.set(offBy: seconds)
                try await env.received(Self.inventory, number: 50)
                try clock.set(offBy: -seconds)
                // One renewal is due a second: after seven the lease has been renewed under each of the clocks.
                await env.sandbox.clearFaults()
                await env.sandbox.install(SandboxFault(.hang, match: Self.inventory))
                let renewals = PostgresProxy.Point(.after, "renew the lease", number: 7)
                await proxy.order(.watch, at: renewals)
                try await proxy.waitUntilReached(renewals)
                await env.sandbox.clearFaults()
            }
            try ended.expect(0)
            await proxy.stop()
            let counts = try await invariants.expectAll()
            #expect(counts.received == 40 && counts.leasesLost == 0, "\(counts)")
            #expect(try await env.count("select sum(failures) from dsr.subject_requests") == 0)
        }
    }

    @Test("a postponed request waits by the database's clock")
    func notBefore() async throws {
        try await TestEnvironment.with(on: try await FaultServer.shared) { env in
            try await env.submit(.access, "nobody")
            try await env.sql(
                "update dsr.subject_requests set not_before = clock_timestamp() + interval '10 minutes'"
            )
            try await env.dsr(["run"], setting: WallClock(for: env, offBy: 3_600).environment).expect(0)
            #expect(try await env.ending(of: 1) == "pending -")
        }
    }

    @Test("arguments arrive and stay hidden under a preloaded library, which moves the environment variables")
    func processTitle() async throws {
        let canary = "canary-under-preload@example.com"
        try await TestEnvironment.with(on: try await FaultServer.shared) { env in
            await env.sandbox.install(SandboxFault(.hang, match: SandboxMatch(identifier: canary)))
            let clock = try WallClock(for: env, offBy: 0)
            let ended = try await env.running(["export", canary, "--output", "-"], setting: clock.environment) { _ in
                try await env.received(SandboxMatch(identifier: canary))
                let titles = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { entry in
                    Int(entry).flatMap { FileManager.default.contents(atPath: "/proc/\($0)/cmdline") }
                        .map { String(decoding: $0, as: UTF8.self) }
                }
                #expect(titles.contains { $0.contains("/dsr\0export") })
                #expect(!titles.contains { $0.contains(canary) })
                await env.sandbox.clearFaults()
            }
            #expect(ended.code == 0 || ended.code == 1, "\(ended.err)")
        }
    }
}
