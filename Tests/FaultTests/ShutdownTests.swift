import SubjectRequests
import Subprocess
import TalonOneSandbox
import TestEnvironment
import Testing

/// A run that ends before the queue does.
@Suite("A run shuts down in order", .takesTurns, .timeLimit(.minutes(30)))
struct ShutdownTests {
    private static let inventory = SandboxMatch(operation: "getCustomerInventory")
    private static let deletion = SandboxMatch(operation: "deleteCustomerData")
    private static let leaves =
        "from dsr.evidence_payloads p, lateral (select convert_from(p.payload, 'UTF8')::json as j) x"

    /// An environment with erasures of `customer-1` to `customer-n`.
    private static func with(
        _ count: Int,
        _ body: @Sendable (TestEnvironment, Invariants) async throws -> Void
    ) async throws {
        try await TestEnvironment.withEvidence(on: try await FaultServer.shared, environment: ["DSR_CONCURRENCY": "2"])
        { env, _ in
            try await body(env, try await env.queue(.erasure, customers: count))
        }
    }

    /// Expects what holds after each orderly end, and after the next run.
    private static func expectOrder(
        _ ended: TestEnvironment.Ended,
        _ reason: String,
        begun: ClosedRange<Int>,
        _ env: TestEnvironment,
        _ invariants: Invariants
    ) async throws {
        try ended.expect(0)
        #expect(ended.out.contains(reason) && ended.out.contains("the sums agree"), "\(ended.out)")
        #expect(try await env.texts("select end_reason as t from dsr.runs where scope = 'all'") == [reason])
        // Nothing is left running, no failure is counted, and requests that were not started are as they were.
        #expect(try await env.requests("state = 'running'") == 0)
        #expect(try await env.count("select sum(failures) from dsr.subject_requests") == 0)
        let done = try await env.requests("state = 'completed'")
        #expect(begun.contains(done), "\(done)")
        await env.sandbox.clearFaults()
        try await env.dsr("run").expect(0)
        let counts = try await invariants.expectAll()
        #expect(counts.leasesLost == 0 && counts.repeated == 0, "\(counts)")
    }

    @Test(
        "a signal ends a run in order: calls in flight finish, and the other claims are given back",
        arguments: [Subprocess.Signal.terminate, .interrupt, .terminalClosed]
    )
    func signalled(_ signal: Subprocess.Signal) async throws {
        try await Self.with(20) { env, invariants in
            await env.sandbox.install(SandboxFault(.hang, match: Self.inventory, count: 2, after: 9))
            let ended = try await env.running { child in
                try await env.received(Self.inventory, number: 11)
                try child.send(signal)
                await env.sandbox.clearFaults()
            }
            try await Self.expectOrder(ended, "stopped by a signal", begun: 4...8, env, invariants)
        }
    }

    @Test("calls that outlast the grace period are given up, and their claims are given back with those not started")
    func grace() async throws {
        try await Self.with(6) { env, invariants in
            // The first one is answered, the next two hang, and the fourth is claimed together with the third.
            let hanging = [2, 3].map { SandboxMatch(operation: "getCustomerInventory", identifier: "customer-\($0)") }
            for match in hanging { await env.sandbox.install(SandboxFault(.hang, match: match)) }
            let ended = try await env.running(["run", "--grace", "1"]) { child in
                for match in hanging { try await env.received(match) }
                try child.send(.terminate)
            }
            try await Self.expectOrder(ended, "stopped by a signal", begun: 1...1, env, invariants)
            let back = "j ->> 'event' = 'returned'"
            #expect(try await env.count("select count(*) \(Self.leaves) where \(back)") == 3)
        }
    }

    @Test("a second signal ends the grace period")
    func secondSignal() async throws {
        try await Self.with(6) { env, invariants in
            await env.sandbox.install(SandboxFault(.hang, match: Self.inventory, count: 2, after: 1))
            let ended = try await env.running(["run", "--grace", "86400"]) { child in
                try await env.received(Self.inventory, number: 3)
                try child.send(.terminate)
                try child.send(.interrupt)
            }
            try await Self.expectOrder(ended, "stopped by a signal", begun: 0...0, env, invariants)
        }
    }

    @Test(
        "a deletion that is given up without an answer is remembered, and is not sent again if it was carried out"
    )
    func deletionInFlight() async throws {
        try await Self.with(2) { env, invariants in
            await env.sandbox.install(SandboxFault(.hangAfterActing, match: Self.deletion))
            let ended = try await env.running(["run", "--grace", "0"]) { child in
                try await env.received(Self.deletion, number: 2, processed: true)
                try child.send(.terminate)
            }
            #expect(try await env.requests("may_have_acted") == 2)
            try await Self.expectOrder(ended, "stopped by a signal", begun: 0...0, env, invariants)
            #expect(try await env.requests("outcome = 'already_absent'") == 2)
        }
    }

    @Test("a run starts no more requests than its limit", arguments: [1, 2, 7])
    func limit(_ limit: Int) async throws {
        try await Self.with(12) { env, invariants in
            let ended = try await env.dsr("run", "--limit", "\(limit)")
            try await Self.expectOrder(
                ended,
                "request limit reached",
                begun: limit...limit,
                env,
                invariants
            )
        }
    }

    @Test("a limit that is not reached has no effect")
    func wideLimit() async throws {
        try await Self.with(3) { env, _ in
            try await env.dsr("run", "--limit", "4").expect(0)
            #expect(try await env.texts("select end_reason as t from dsr.runs") == ["done"])
        }
    }

    @Test("a run ends at its time limit, in the controller's time zone")
    func until() async throws {
        try await Self.with(20) { env, invariants in
            await env.sandbox.install(SandboxFault(.hang, match: Self.inventory, count: 2, after: 5))
            // 04:59:58 in UTC is two seconds before six in Berlin, in winter.
            var environment = try WallClock(for: env, startingAt: "2026-11-25T04:59:58Z").environment
            environment["DSR_TIME_ZONE"] = "Europe/Berlin"
            environment["TZ"] = "UTC"
            let ended = try await env.running(["run", "--until", "06:00", "--grace", "1"], setting: environment) {
                _ in
            }
            try await Self.expectOrder(ended, "time limit reached", begun: 1...19, env, invariants)
        }
    }

    @Test(
        "an invalid time, limit, grace period or rate is refused",
        arguments: [
            ["--until", "25:00"], ["--until", "6"], ["--until", "06:60"], ["--until", ""], ["--limit", "0"],
            ["--limit", "-1"],
            ["--limit", "many"], ["--grace", "-1"], ["--grace", "86401"], ["--max-rate", "0"], ["--max-rate", "nan"],
        ]
    )
    func invalid(_ words: [String]) async throws {
        try await Self.with(1) { env, _ in
            let ended = try await env.dsr(["run"] + words).expect(64)
            #expect(ended.err.contains(words[0]))
            #expect(try await env.count("select count(*) from dsr.runs") == 0)
        }
    }
}
