import SubjectRequests
import Subprocess
import TalonOneSandbox
import TestEnvironment
import Testing

/// Runs whose host dies, and runs that are suspended and resumed.
@Suite("A host dies, or stands still and resumes", .takesTurns, .timeLimit(.minutes(30)))
struct LivenessTests {
    private static let lease = 6
    private static let environment = [
        "DSR_CONCURRENCY": "4", "DSR_LEASE_SECONDS": "\(lease)", "DSR_BRAKE_SPIKE_FACTOR": "0",
    ]

    private static let deletion = SandboxMatch(operation: "deleteCustomerData")
    private static func reading(_ customer: String) -> SandboxMatch {
        SandboxMatch(operation: "getCustomerInventory", identifier: customer)
    }

    /// An environment whose first requests are erasures of `customer-1` to `customer-n`.
    private static func withErasures(
        _ count: Int,
        _ body: @Sendable (TestEnvironment, Invariants) async throws -> Void
    ) async throws {
        try await TestEnvironment.withEvidence(on: try await FaultServer.shared, environment: environment) { env, _ in
            try await body(env, try await env.queue(.erasure, customers: count))
        }
    }

    /// Queues a request that keeps a run busy until the faults are cleared.
    private static func keepBusy(_ env: TestEnvironment) async throws {
        await env.sandbox.install(SandboxFault(.hang, match: reading("nobody")))
        try await env.submit(.access, "nobody")
    }

    // MARK: - Dead

    @Test("another run takes over what a killed host had in flight, within the lease and 15 seconds")
    func killedHost() async throws {
        try await Self.withErasures(4) { env, _ in
            // All four deletions are carried out, and no answer comes.
            await env.sandbox.install(SandboxFault(.hangAfterActing, match: Self.deletion, count: 4))
            try await env.running { child in
                try await env.received(Self.deletion, number: 4, processed: true)
                try await Self.keepBusy(env)
                let invariants = try await Invariants(env)
                let alive = try await env.running { _ in
                    let busy = try await env.received(Self.reading("nobody"))
                    try child.send(.kill)
                    let killed = try await env.now()
                    for number in 1...4 {
                        try await env.received(Self.reading("customer-\(number)"), from: busy.number)
                    }
                    #expect(try await env.now() - killed <= Double(Self.lease + 15))
                    await env.sandbox.clearFaults()
                }
                try alive.expect(0)
                let counts = try await invariants.expectAll()
                #expect(counts.received == 4 && counts.acted == 4 && counts.leasesLost == 4, "\(counts)")
            }
        }
    }

    @Test("when one of four runs is killed, the others answer each request once")
    func oneOfFour() async throws {
        try await Self.withErasures(200) { env, _ in
            try await env.submit(.access, customers: 1...200)
            let invariants = try await Invariants(env)
            await env.sandbox.install(SandboxFault(.delay(milliseconds: 10)))
            try await env.running { child in
                try await env.received(Self.deletion, number: 3)
                async let second = env.dsr("run")
                async let third = env.dsr("run")
                async let fourth = env.dsr("run")
                try await env.received(Self.deletion, number: 40)
                try child.send(.kill)
                for ended in try await [second, third, fourth] { try ended.expect(0) }
            }
            let counts = try await invariants.expectAll()
            // Four were in flight, and at most four more were claimed.
            #expect(counts.acted == 200 && counts.repeated <= 4 && (1...8).contains(counts.leasesLost), "\(counts)")
        }
    }

    // MARK: - Standing still

    @Test("a run that is suspended for less than its lease goes on")
    func shortStop() async throws {
        try await Self.withErasures(20) { env, invariants in
            let ended = try await env.running { child in
                try await env.received(Self.deletion, number: 5)
                try child.send(.suspend)
                try await waitUntil("half of the lease has passed") {
                    try await env.count(
                        """
                        select count(*) from dsr.runs
                        where lease_until < clock_timestamp() + interval '\(Self.lease / 2) seconds'
                        """
                    ) == 1
                }
                try child.send(.resume)
            }
            try ended.expect(0)
            let counts = try await invariants.expectAll()
            #expect(counts.received == 20 && counts.leasesLost == 0, "\(counts)")
        }
    }

    @Test(
        "a run that is suspended for longer than its lease learns that another has taken over, and overwrites nothing"
    )
    func zombie() async throws {
        try await Self.withErasures(4) { env, invariants in
            // Its reads hang; those of the other run do not.
            await env.sandbox.install(
                SandboxFault(.hang, match: SandboxMatch(operation: "getCustomerInventory"), count: 4, after: 1)
            )
            let zombie = try await env.running { child in
                for number in 1...4 { try await env.received(Self.reading("customer-\(number)")) }
                try child.send(.suspend)
                try await env.dsr("run").expect(0)
                await env.sandbox.clearFaults()
                try child.send(.resume)
            }
            #expect(try zombie.expect(75).err.contains("lease"))
            let counts = try await invariants.expectAll()
            #expect(counts.received == 4 && counts.leasesLost == 4, "\(counts)")
        }
    }

    @Test(
        "a run that is suspended after it announced a deletion does not send it once another run has taken over"
    )
    func zombieBeforeItsCall() async throws {
        try await Self.withErasures(1) { env, invariants in
            let proxy = try await PostgresProxy.start(before: try await FaultServer.shared)
            let announced = PostgresProxy.Point(.after, "announce API requests")
            await proxy.order(.hold, at: announced)
            let zombie = try await env.running(["run"], setting: proxy.variables(for: env)) { child in
                try await proxy.waitUntilReached(announced)
                try child.send(.suspend)
                await proxy.release(announced)
                try await env.dsr("run").expect(0)
                try child.send(.resume)
            }
            try zombie.expect(75)
            await proxy.stop()
            let counts = try await invariants.expectAll()
            #expect(counts.received == 1 && counts.leasesLost == 1, "\(counts)")
        }
    }

    @Test("a run that is suspended in a transaction does not block the others")
    func locksOfSuspendedRun() async throws {
        try await Self.withErasures(20) { env, invariants in
            let proxy = try await PostgresProxy.start(before: try await FaultServer.shared)
            // Its commit does not arrive: it holds the lock on the log, which every run needs.
            let point = PostgresProxy.Point(.before, "announce API requests", number: 2)
            await proxy.order(.hold, at: point)
            let ended = try await env.running(["run"], setting: proxy.variables(for: env)) { child in
                try await proxy.waitUntilReached(point)
                try child.send(.suspend)
                try await env.dsr("run").expect(0)
                #expect(try await env.requests("state <> 'completed'") == 0)
                await proxy.release(point)
                try child.send(.resume)
            }
            try ended.expect(75)
            await proxy.stop()
            let counts = try await invariants.expectAll()
            #expect(counts.acted == 20, "\(counts)")
        }
    }

    @Test("a heartbeat after the end of a run does not count as a lost lease")
    func heartbeatAfterEnd() async throws {
        try await Self.withErasures(1) { env, invariants in
            let proxy = try await PostgresProxy.start(before: try await FaultServer.shared)
            let ending = PostgresProxy.Point(.before, "end a run")
            let renewal = PostgresProxy.Point(.before, "renew the lease")
            let refused = PostgresProxy.Point(.after, "renew the lease")
            let delivery = PostgresProxy.Point(.before, "mark documents delivered")
            await proxy.order(.hold, at: ending)
            let ended = try await env.running(["run"], setting: proxy.variables(for: env)) { _ in
                try await proxy.waitUntilReached(ending)
                await proxy.order(.hold, at: renewal)
                try await proxy.waitUntilReached(renewal)
                await proxy.order(.hold, at: delivery)
                await proxy.release(ending)
                try await proxy.waitUntilReached(delivery)
                await proxy.order(.watch, at: refused)
                await proxy.release(renewal)
                try await proxy.waitUntilReached(refused)
                await proxy.release(delivery)
            }
            try ended.expect(0)
            await proxy.stop()
            let counts = try await invariants.expectAll()
            #expect(counts.acted == 1 && counts.leasesLost == 0, "\(counts)")
        }
    }

    @Test("a run that cannot renew its lease starts no deletion, and ends when it learns that the lease has passed")
    func fenced() async throws {
        try await Self.withErasures(1) { env, invariants in
            let proxy = try await PostgresProxy.start(before: try await FaultServer.shared)
            await env.sandbox.install(SandboxFault(.hang, match: Self.reading("customer-1")))
            let fenced = try await env.running(["run"], setting: proxy.variables(for: env)) { _ in
                try await env.received(Self.reading("customer-1"))
                await proxy.setRefusing(true)
                await proxy.cutAll()
                // It stops although no other run takes over.
                try await waitUntil("the lease has passed") {
                    try await env.count("select count(*) from dsr.runs where lease_until < clock_timestamp()") == 1
                }
                await env.sandbox.clearFaults()
                await proxy.setRefusing(false)
            }
            try fenced.expect(75)
            await proxy.stop()
            #expect(await env.sandbox.counts().operations["deleteCustomerData"]?.received == nil)
            try await env.dsr("run").expect(0)
            try await invariants.expectAll()
        }
    }
}
