import SubjectRequests
import Subprocess
import TalonOneSandbox
import TestEnvironment
import Testing

/// A run is killed (SIGKILL) at a named step, and the next run completes its work.
@Suite("A run that is killed at any step loses nothing", .takesTurns, .timeLimit(.minutes(30)))
struct KillTests {
    /// A step of a run as it is seen from outside: around the commit of a statement, or around the effect of a call.
    enum Step: Sendable, CustomStringConvertible {
        case commit(PostgresProxy.Point)
        case call(String, isDone: Bool, customer: String? = nil, number: Int = 1)

        var description: String {
            switch self {
            case .commit(let point): "\(point)"
            case .call(let operation, let isDone, let customer, let number):
                "\(isDone ? "after" : "before") the \(number). \(operation)\(customer.map { " of \($0)" } ?? "") was processed"
            }
        }
    }

    static let steps: [Step] =
        [
            "begin a run", "rescue requests", "admit requests", "claim requests", "announce API requests",
            "record results",
            "check the gates of waiting requests", "mark documents delivered", "end a run",
        ].flatMap { statement in PostgresProxy.Point.Moment.allCases.map { .commit(.init($0, statement)) } }
        + [
            .commit(.init(.before, "record results", number: 2)), .commit(.init(.after, "record results", number: 2)),
            .commit(.init(.before, "announce API requests", number: 3)),
            .commit(.init(.after, "announce API requests", number: 3)),
            .call("getCustomerInventory", isDone: false, customer: "customer-1"),
            .call("deleteCouponReservation", isDone: false), .call("deleteCouponReservation", isDone: true),
            .call("deleteCustomerData", isDone: false), .call("deleteCustomerData", isDone: true),
            .call("getCustomerInventory", isDone: true, customer: "customer-1", number: 2),
            .call("updateCustomerProfile", isDone: false, customer: "customer-5"),
            .call("updateCustomerProfile", isDone: true, customer: "customer-5"),
        ]

    @Test("a killed run loses nothing, and the next run repeats nothing that was carried out", arguments: steps)
    func killed(at step: Step) async throws {
        let postgres = try await FaultServer.shared
        try await TestEnvironment.withEvidence(on: postgres, environment: ["DSR_CONCURRENCY": "4"]) { env, _ in
            let invariants = try await Self.prepare(env)
            let proxy = try await PostgresProxy.start(before: postgres)
            let first = await env.nextRequest()
            await Self.halt(env, proxy, at: step)
            let killed = try await env.running(["run"], setting: proxy.variables(for: env)) { child in
                try await Self.waitUntilHalted(env, proxy, at: step, from: first)
                try child.send(.kill)
            }
            #expect(killed.code == -9)
            await proxy.stop()
            await env.sandbox.clearFaults()

            // Its lease passes, and the next run comes.
            try await env.expireLeases()
            try await env.dsr("run").expect(0)
            try await env.dsr("evidence", "checkpoint").expect(0)
            let counts = try await invariants.expectAll("\(step)")
            // Read before it was sent again: no customer is deleted twice.
            #expect(counts.acted == 3, "\(step)")
        }
    }

    /// Orders the run to stand still at a step.
    private static func halt(_ env: TestEnvironment, _ proxy: PostgresProxy, at step: Step) async {
        switch step {
        case .commit(let point): await proxy.order(.hold, at: point)
        case .call(let operation, let isDone, let customer, let number):
            let match = SandboxMatch(operation: operation, identifier: customer)
            let fault = SandboxFault(isDone ? .hangAfterActing : .hang, match: match, count: 1, after: number - 1)
            await env.sandbox.install(fault)
        }
    }

    /// Waits until the run has come to the step, and no further.
    private static func waitUntilHalted(
        _ env: TestEnvironment,
        _ proxy: PostgresProxy,
        at step: Step,
        from first: Int
    ) async throws {
        switch step {
        case .commit(let point): try await proxy.waitUntilReached(point)
        case .call(let operation, let isDone, let customer, let number):
            let match = SandboxMatch(operation: operation, identifier: customer)
            let call = try await env.received(match, number: number, from: first, processed: isDone)
            #expect(call.isProcessed == isDone, "\(step)")
        }
    }

    /// Six customers, of whom three ask for erasure, and requests of every kind.
    static func prepare(_ env: TestEnvironment) async throws -> Invariants {
        try await env.makeCustomers(6)
        for number in 1...3 {
            // With a long timeout: only the runs that follow are under test.
            try await env.dsr(
                ["api", "create-reservation", "AUTUMN10", "customer-\(number)"],
                setting: ["DSR_CALL_TIMEOUT_SECONDS": "30"]
            ).expect(0)
        }
        try await env.submit(
            (.erasure, "customer-1"),
            (.erasure, "customer-2"),
            (.access, "customer-3"),
            (.erasure, "customer-3"),
            (.access, "customer-4"),
            (.portability, "customer-4"),
            (.rectification, "customer-5"),
            (.access, "nobody")
        )
        return try await Invariants(env)
    }
}
