import Foundation
import Subprocess
import TalonOneSandbox
import TestHouse
import Testing
import ThrowawayPostgres

/// Runs that die, and runs that only look as if they had.
@Suite("A host dies, stands still, or comes back from the dead", .takesTurns, .timeLimit(.minutes(30)))
struct LivenessTests {
    private static let postgres = Task { try await ThrowawayPostgres.start() }
    private static let lease = 6
    private static let environment = ["DSR_CONCURRENCY": "4", "DSR_LEASE_SECONDS": "\(lease)"]

    private static let deletion = SandboxMatch(operation: "deleteCustomerData")
    private static func reading(_ customer: String) -> SandboxMatch {
        SandboxMatch(operation: "getCustomerInventory", identifier: customer)
    }

    /// A house whose first requests are erasures of `customer-1` to `customer-n`.
    private static func withErasures(
        _ count: Int,
        _ body: @Sendable (House, Invariants) async throws -> Void
    ) async throws {
        try await House.withEvidence(on: try await postgres.value, environment: environment) { house, _ in
            try await house.makeCustomers(count)
            try await house.sql(
                """
                insert into dsr.subject_requests (kind, integration_id)
                select 'erasure', 'customer-' || n from generate_series(1, \(count)) n
                """
            )
            try await body(house, try await Invariants(house))
        }
    }

    /// What nobody has asked for yet, and keeps a run busy until the faults are cleared.
    private static func keepBusy(_ house: House) async throws {
        await house.sandbox.install(SandboxFault(.hang, match: reading("nobody")))
        try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('access', 'nobody')")
    }

    // MARK: - Dead

    @Test("what a killed host had in flight is taken over by one that is alive, within the lease and fifteen seconds")
    func killedHost() async throws {
        try await Self.withErasures(4) { house, _ in
            // All four deletions are carried out, and no answer comes.
            await house.sandbox.install(SandboxFault(.hangAfterActing, match: Self.deletion, count: 4))
            try await house.running { child in
                try await house.received(Self.deletion, number: 4)
                try await Self.keepBusy(house)
                let invariants = try await Invariants(house)
                let alive = try await house.running { _ in
                    let busy = try await house.sandbox.waitForRequest(matching: Self.reading("nobody"))
                    try child.send(.kill)
                    let killed = try await house.now()
                    for number in 1...4 {
                        _ = try await house.sandbox.waitForRequest(
                            matching: Self.reading("customer-\(number)"),
                            from: busy.number
                        )
                    }
                    #expect(try await house.now() - killed <= Double(Self.lease + 15))
                    await house.sandbox.clearFaults()
                }
                try alive.expect(0)
                let (findings, counts) = try await invariants.check()
                #expect(findings == [])
                #expect(counts.received == 4 && counts.acted == 4 && counts.leasesLost == 4, "\(counts)")
            }
        }
    }

    @Test("of four runs at once one dies, and the others do all the work, each request once")
    func oneOfFour() async throws {
        try await Self.withErasures(200) { house, _ in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'customer-' || n from generate_series(1, 200) n"
            )
            let invariants = try await Invariants(house)
            await house.sandbox.install(SandboxFault(.delay(milliseconds: 10)))
            try await house.running { child in
                try await house.received(Self.deletion, number: 3)
                async let second = house.dsr("run")
                async let third = house.dsr("run")
                async let fourth = house.dsr("run")
                try await house.received(Self.deletion, number: 40)
                try child.send(.kill)
                for ended in try await [second, third, fourth] { try ended.expect(0) }
            }
            let (findings, counts) = try await invariants.check()
            #expect(findings == [])
            // In flight were four, and four more were claimed at most.
            #expect(counts.acted == 200 && counts.repeated <= 4 && (1...8).contains(counts.leasesLost), "\(counts)")
        }
    }

    // MARK: - Standing still

    @Test("a run that stood still for less than its lease goes on as if nothing had been")
    func shortStop() async throws {
        try await Self.withErasures(20) { house, invariants in
            let ended = try await house.running { child in
                try await house.received(Self.deletion, number: 5)
                try child.send(.suspend)
                try await house.letPass(seconds: Self.lease / 2)
                try child.send(.resume)
            }
            try ended.expect(0)
            let (findings, counts) = try await invariants.check()
            #expect(findings == [])
            #expect(counts.received == 20 && counts.leasesLost == 0, "\(counts)")
        }
    }

    @Test("a run that stood still for longer than its lease finds that others have taken over, and overwrites nothing")
    func zombie() async throws {
        try await Self.withErasures(4) { house, invariants in
            // Its reads hang; those of the other run do not.
            await house.sandbox.install(
                SandboxFault(.hang, match: SandboxMatch(operation: "getCustomerInventory"), count: 4, after: 1)
            )
            let zombie = try await house.running { child in
                for number in 1...4 { try await house.received(Self.reading("customer-\(number)")) }
                try child.send(.suspend)
                try await house.dsr("run").expect(0)
                await house.sandbox.clearFaults()
                try child.send(.resume)
            }
            #expect(try zombie.expect(75).err.contains("lease"))
            let (findings, counts) = try await invariants.check()
            #expect(findings == [])
            #expect(counts.received == 4 && counts.leasesLost == 4, "\(counts)")
        }
    }

    @Test(
        "a run that stood still after it had announced a deletion does not send it, once somebody else has taken over"
    )
    func zombieBeforeItsCall() async throws {
        try await Self.withErasures(1) { house, invariants in
            let proxy = try await PostgresProxy.start(before: try await Self.postgres.value)
            let through = ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
            let announced = PostgresProxy.Point(.after, "announce calls")
            await proxy.order(.hold, at: announced)
            let zombie = try await house.running(["run"], setting: through) { child in
                try await proxy.waitUntilReached(announced)
                try child.send(.suspend)
                await proxy.release(announced)
                try await house.dsr("run").expect(0)
                try child.send(.resume)
            }
            try zombie.expect(75)
            await proxy.stop()
            let (findings, counts) = try await invariants.check()
            #expect(findings == [])
            #expect(counts.received == 1 && counts.leasesLost == 1, "\(counts)")
        }
    }

    @Test("a run that stood still in the middle of a transaction does not keep the others waiting")
    func locksOfOneThatStandsStill() async throws {
        try await Self.withErasures(20) { house, invariants in
            let proxy = try await PostgresProxy.start(before: try await Self.postgres.value)
            let through = ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
            // Its commit does not arrive: it holds the head of the evidence, which everybody needs.
            let point = PostgresProxy.Point(.before, "announce calls", number: 2)
            await proxy.order(.hold, at: point)
            let ended = try await house.running(["run"], setting: through) { child in
                try await proxy.waitUntilReached(point)
                try child.send(.suspend)
                try await house.dsr("run").expect(0)
                #expect(
                    try await house.count("select count(*) from dsr.subject_requests where state <> 'completed'") == 0
                )
                await proxy.release(point)
                try child.send(.resume)
            }
            try ended.expect(75)
            await proxy.stop()
            let (findings, counts) = try await invariants.check()
            #expect(findings == [])
            #expect(counts.acted == 20, "\(counts)")
        }
    }

    @Test("a run that cannot renew its lease begins no deletion, and ends when it learns that the lease has passed")
    func fenced() async throws {
        try await Self.withErasures(1) { house, invariants in
            let proxy = try await PostgresProxy.start(before: try await Self.postgres.value)
            let through = ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
            await house.sandbox.install(SandboxFault(.hang, match: Self.reading("customer-1")))
            let fenced = try await house.running(["run"], setting: through) { _ in
                try await house.received(Self.reading("customer-1"))
                await proxy.setRefusing(true)
                await proxy.cutAll()
                // Nobody is there to take over; it stops all the same.
                try await house.letPass(seconds: Self.lease)
                await house.sandbox.clearFaults()
                await proxy.setRefusing(false)
            }
            try fenced.expect(75)
            await proxy.stop()
            #expect(await house.sandbox.counts().operations["deleteCustomerData"]?.received == nil)
            try await house.dsr("run").expect(0)
            let (findings, _) = try await invariants.check()
            #expect(findings == [])
        }
    }
}
