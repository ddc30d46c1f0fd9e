import Foundation
import Subprocess
import TalonOneSandbox
import TestHouse
import Testing
import ThrowawayPostgres

/// A run is killed (SIGKILL) at a named point, and another run puts everything right.
@Suite("Killed at any step, nothing is lost", .takesTurns, .timeLimit(.minutes(30)))
struct KillTests {
    /// A step of a run, as it can be seen from outside: around the commit of a statement, or around a call's effect.
    enum Step: Sendable, CustomStringConvertible {
        case commit(PostgresProxy.Point)
        case call(String, isDone: Bool, customer: String? = nil, number: Int = 1)

        var description: String {
            switch self {
            case .commit(let point): "\(point)"
            case .call(let operation, let isDone, let customer, let number):
                "\(isDone ? "after" : "before") the \(number). \(operation)\(customer.map { " of \($0)" } ?? "") was carried out"
            }
        }
    }

    static let steps: [Step] =
        [
            "begin a run", "rescue requests", "admit requests", "claim requests", "announce calls", "record results",
            "look at the gates of waiting requests", "mark documents delivered", "end a run",
        ].flatMap { statement in PostgresProxy.Point.Moment.allCases.map { .commit(.init($0, statement)) } }
        + [
            .commit(.init(.before, "record results", number: 2)), .commit(.init(.after, "record results", number: 2)),
            .commit(.init(.before, "announce calls", number: 3)), .commit(.init(.after, "announce calls", number: 3)),
            .call("getCustomerInventory", isDone: false, customer: "customer-1"),
            .call("deleteCouponReservation", isDone: false), .call("deleteCouponReservation", isDone: true),
            .call("deleteCustomerData", isDone: false), .call("deleteCustomerData", isDone: true),
            .call("getCustomerInventory", isDone: true, customer: "customer-1", number: 2),
            .call("updateCustomerProfile", isDone: false, customer: "customer-5"),
            .call("updateCustomerProfile", isDone: true, customer: "customer-5"),
        ]

    private static let postgres = Task { try await ThrowawayPostgres.start() }

    @Test("killed at a step, a run loses nothing and does nothing twice unseen", arguments: steps)
    func killed(at step: Step) async throws {
        let postgres = try await Self.postgres.value
        try await House.withEvidence(on: postgres, environment: ["DSR_CONCURRENCY": "4"]) { house, _ in
            let invariants = try await Self.prepare(house)
            let proxy = try await PostgresProxy.start(before: postgres)
            let through = ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
            let killed = try await house.running(["run"], setting: through) { child in
                switch step {
                case .commit(let point):
                    await proxy.order(.hold, at: point)
                    try await proxy.waitUntilReached(point)
                case .call(let operation, let isDone, let customer, let number):
                    let match = SandboxMatch(operation: operation, identifier: customer)
                    let before = await house.sandbox.requests().last?.number ?? -1
                    await house.sandbox.install(
                        SandboxFault(isDone ? .hangAfterActing : .hang, match: match, count: 1, after: number - 1)
                    )
                    var next = before + 1
                    for _ in 1...number {
                        next = try await house.sandbox.waitForRequest(matching: match, from: next).number + 1
                    }
                    if isDone { try await Self.waitUntilActed(house, operation, customer) }
                }
                try child.send(.kill)
            }
            #expect(killed.code == -9)
            await proxy.stop()
            await house.sandbox.clearFaults()

            // Its lease passes, and the next run comes.
            try await house.sql(
                "update dsr.runs set lease_until = clock_timestamp() - interval '1 second' where ended_at is null"
            )
            try await house.dsr("run").expect(0)
            try await house.dsr("evidence", "checkpoint").expect(0)
            let (findings, counts) = try await invariants.check()
            #expect(findings == [], "\(step)")
            // Read before it was sent again: nobody is deleted twice.
            #expect(counts.acted == 3, "\(step)")
        }
    }

    /// Five customers, three of whom want to be erased; everything that a request may be.
    static func prepare(_ house: House) async throws -> Invariants {
        try await house.makeCustomers(6)
        for number in 1...3 {
            // With patience: only the runs that come are under test.
            try await house.dsr(
                ["api", "create-reservation", "AUTUMN10", "customer-\(number)"],
                setting: ["DSR_CALL_TIMEOUT_SECONDS": "30"]
            ).expect(0)
        }
        try await house.sql(
            """
            insert into dsr.subject_requests (kind, integration_id, changes) values
                ('erasure', 'customer-1', null), ('erasure', 'customer-2', null), ('access', 'customer-3', null),
                ('erasure', 'customer-3', null), ('access', 'customer-4', null), ('portability', 'customer-4', null),
                ('rectification', 'customer-5', '{"City": "Elsewhere"}'), ('access', 'nobody', null)
            """
        )
        return try await Invariants(house)
    }

    private static func waitUntilActed(_ house: House, _ operation: String, _ customer: String?) async throws {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            let counts = await house.sandbox.counts()
            if counts.operations[operation]?.acted ?? 0 > 0 { return }
            await Task.yield()
        }
    }
}
