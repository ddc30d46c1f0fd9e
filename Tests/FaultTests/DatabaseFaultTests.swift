import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing
import ThrowawayPostgres

/// The database fails, in each way that a database can, and recovers.
@Suite("The database fails for a while", .takesTurns, .timeLimit(.minutes(30)))
struct DatabaseFaultTests {
    /// Statements that are sent again when the answer to their commit is lost.
    static let commits = [
        "rescue requests", "admit requests", "claim requests", "announce API requests", "record results",
        "check the gates of waiting requests", "mark documents delivered", "end a run",
    ].flatMap { statement in PostgresProxy.Point.Moment.allCases.map { PostgresProxy.Point($0, statement) } }

    @Test(
        "a connection that is lost around a commit loses no request, and what was committed counts once",
        arguments: commits
    )
    func cut(at point: PostgresProxy.Point) async throws {
        let postgres = try await FaultServer.shared
        try await TestEnvironment.withEvidence(on: postgres, environment: ["DSR_CONCURRENCY": "4"]) { env, _ in
            let invariants = try await KillTests.prepare(env)
            let proxy = try await PostgresProxy.start(before: postgres)
            await proxy.order(.cut, at: point)
            let ended = try await env.dsr("run", "--json", setting: proxy.variables(for: env)).expect(0)
            try await proxy.waitUntilReached(point)
            await proxy.stop()
            try Self.expectEachCountedOnce(ended)
            let counts = try await invariants.expectAll("\(point)")
            #expect(counts.received == 3 && counts.acted == 3 && counts.leasesLost == 0, "\(point): \(counts)")
        }
    }

    /// Expects that a run that answered all requests alone reports each of them once.
    private static func expectEachCountedOnce(_ ended: TestEnvironment.Ended) throws {
        let report = try JSONSerialization.jsonObject(with: Data(ended.out.utf8)) as? [String: Any]
        let completed = report?["completed"] as? [String: Int]
        #expect(
            completed == ["erased": 3, "exported": 3, "rectified": 1, "no_data": 1]
                && report?["balances"] as? Bool == true,
            "\(ended.out)"
        )
    }

    @Test("a malformed row whose refusal was committed without an answer is counted once")
    func refusalCut() async throws {
        let postgres = try await FaultServer.shared
        try await TestEnvironment.with(on: postgres) { env in
            try await env.sql("drop trigger check_new_request on dsr.subject_requests")
            try await env.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('access', '..'), ('access', 'nobody')"
            )
            let proxy = try await PostgresProxy.start(before: postgres)
            await proxy.order(.cut, at: .init(.after, "admit requests"))
            let ended = try await env.dsr("run", setting: proxy.variables(for: env)).expect(1)
            #expect(
                ended.out.contains("the sums agree") && ended.out.contains("refused                               1")
            )
            await proxy.stop()
        }
    }

    @Test("the lease is kept while the heartbeat's connection breaks again and again")
    func heartbeat() async throws {
        let postgres = try await FaultServer.shared
        try await TestEnvironment.with(on: postgres, environment: ["DSR_LEASE_SECONDS": "6"]) { env in
            let proxy = try await PostgresProxy.start(before: postgres)
            let match = SandboxMatch(operation: "getCustomerInventory", identifier: "nobody")
            await env.sandbox.install(SandboxFault(.hang, match: match))
            try await env.submit(.access, "nobody")
            let ended = try await env.running(["run"], setting: proxy.variables(for: env)) { _ in
                try await env.received(match)
                // Three renewals fail in a row, and the next one succeeds.
                for number in 1...3 {
                    let point = PostgresProxy.Point(number == 2 ? .after : .before, "renew the lease")
                    await proxy.order(.cut, at: point)
                    try await proxy.waitUntilReached(point)
                }
                let renewed = PostgresProxy.Point(.after, "renew the lease")
                await proxy.order(.watch, at: renewed)
                try await proxy.waitUntilReached(renewed)
                await env.sandbox.clearFaults()
            }
            try ended.expect(0)
            #expect(try await env.ending(of: 1) == "completed no_data")
            await proxy.stop()
        }
    }

    // MARK: - The server

    private static let inventory = SandboxMatch(operation: "getCustomerInventory")

    /// Lets the database fail in the middle of a run over forty customers, each with an erasure and an access request, and
    /// expects that the run loses nothing: each customer was erased by the one call made for it, and the lease was kept.
    private func outlast(
        on server: ThrowawayPostgres? = nil,
        setting changes: [String: String] = [:],
        _ fail: @escaping @Sendable (TestEnvironment, PostgresProxy) async throws -> Void
    ) async throws {
        try await interrupt(on: server, setting: changes, fail) { ended, _, invariants in
            try ended.expect(0)
            let counts = try await invariants.expectAll()
            #expect(counts.received == 40 && counts.acted == 40 && counts.leasesLost == 0, "\(counts)")
        }
    }

    /// Lets the database fail in the middle of a run, and looks at what has become of the run.
    private func interrupt(
        on server: ThrowawayPostgres?,
        setting changes: [String: String],
        _ fail: @escaping @Sendable (TestEnvironment, PostgresProxy) async throws -> Void,
        _ look: @Sendable (TestEnvironment.Ended, TestEnvironment, Invariants) async throws -> Void
    ) async throws {
        let postgres = if let server { server } else { try await FaultServer.shared }
        // A lease that outlasts every outage here.
        let environment = ["DSR_CONCURRENCY": "4", "DSR_LEASE_SECONDS": "30"].merging(changes) { $1 }
        try await TestEnvironment.withEvidence(on: postgres, environment: environment) { env, _ in
            let invariants = try await env.queue(.erasure, .access, customers: 40)
            await env.sandbox.install(SandboxFault(.delay(milliseconds: 40)))
            let proxy = try await PostgresProxy.start(before: postgres)
            let ended = try await env.running(["run"], setting: proxy.variables(for: env)) { _ in
                try await env.received(Self.inventory, number: 20)
                try await fail(env, proxy)
            }
            await proxy.stop()
            try await look(ended, env, invariants)
        }
    }

    @Test("a run outlasts a server that restarts or crashes, and loses nothing", arguments: [true, false])
    func restart(immediate: Bool) async throws {
        let postgres = try await ThrowawayPostgres.start()
        try await outlast(on: postgres) { env, _ in
            try await postgres.restart(immediate: immediate)
            try await env.received(Self.inventory, number: 60)
            try await postgres.restart(immediate: immediate)
        }
        await postgres.stop()
    }

    @Test("a run whose backends are terminated again and again loses nothing")
    func terminated() async throws {
        try await outlast { env, _ in
            var terminated = 0
            for number in 1...20 {
                terminated += try await env.terminateBackends()
                try await env.received(Self.inventory, number: 20 + number)
            }
            #expect(terminated >= 5)
        }
    }

    @Test("a run waits for a server that is read-only after a failover, as for one that is unreachable")
    func readOnly() async throws {
        try await outlast { env, proxy in
            let before = await proxy.connectionCount()
            try await env.setReadOnly(true)
            try await env.terminateBackends()
            // It has connected again, was refused, and has connected again.
            try await proxy.waitForConnections(before + 4)
            try await env.setReadOnly(false)
        }
    }

    @Test("a run waits for a server whose disk is full, with pauses between its tries")
    func diskFull() async throws {
        try await outlast { env, _ in
            try await env.setDiskFull(true)
            try await waitUntil("three refusals") { try await env.diskFullRefusals() >= 3 }
            try await env.letPass(.seconds(1))
            // Without pauses there would be hundreds.
            #expect(try await env.diskFullRefusals() <= 20)
            try await env.setDiskFull(false)
        }
    }

    @Test("connections that lose all traffic time out, and are replaced")
    func deaf() async throws {
        try await outlast(setting: ["DSR_DATABASE_STATEMENT_TIMEOUT_SECONDS": "1"]) { _, proxy in
            let before = await proxy.connectionCount()
            await proxy.setDeaf(true)
            // The old ones have timed out; a new one was made, which is deaf as well.
            try await proxy.waitForConnections(before + 1)
            await proxy.setDeaf(false)
        }
    }

    @Test("a run ends when the database stays unreachable for longer than its patience, and the next run takes over")
    func patience() async throws {
        try await interrupt(on: nil, setting: ["DSR_DATABASE_PATIENCE_SECONDS": "1"]) { _, proxy in
            await proxy.setRefusing(true)
            await proxy.cutAll()
        } _: { ended, env, invariants in
            #expect(try ended.expect(69).sentences.count == 1)
            try await env.expireLeases()
            try await env.dsr("run").expect(0)
            let counts = try await invariants.expectAll()
            #expect(counts.acted == 40, "\(counts)")
        }
    }

    @Test("a database that is unavailable when the run begins is waited for")
    func awayAtStart() async throws {
        try await TestEnvironment.with(on: try await FaultServer.shared) { env in
            let proxy = try await PostgresProxy.start(before: try await FaultServer.shared)
            try await env.submit(.access, "anna")
            await proxy.setRefusing(true)
            let ended = try await env.running(setting: proxy.variables(for: env)) { _ in
                try await proxy.waitForRefusals(2)
                await proxy.setRefusing(false)
            }.expect(0)
            #expect(ended.err.contains("Waiting up to 300 s for the database"), "\(ended.err)")
            #expect(try await env.ending(of: 1) == "completed no_data")
            await proxy.stop()
        }
    }
}
