import Foundation
import TalonOneSandbox
import TestHouse
import Testing
import ThrowawayPostgres

/// The database goes away, in every way that a database can, and comes back.
@Suite("The database is gone for a while", .takesTurns, .timeLimit(.minutes(30)))
struct DatabaseFaultTests {
    private static let shared = Task { try await ThrowawayPostgres.start() }

    /// Statements whose commit may be lost on the way; each is sent again.
    static let commits = [
        "rescue requests", "admit requests", "claim requests", "announce calls", "record results",
        "look at the gates of waiting requests", "mark documents delivered", "end a run",
    ].flatMap { statement in PostgresProxy.Point.Moment.allCases.map { PostgresProxy.Point($0, statement) } }

    @Test(
        "a connection that is cut around a commit costs nothing, and what was committed counts once",
        arguments: commits
    )
    func cut(at point: PostgresProxy.Point) async throws {
        let postgres = try await Self.shared.value
        try await House.withEvidence(on: postgres, environment: ["DSR_CONCURRENCY": "4"]) { house, _ in
            let invariants = try await KillTests.prepare(house)
            let proxy = try await PostgresProxy.start(before: postgres)
            await proxy.order(.cut, at: point)
            let ended = try await house.dsr(
                ["run", "--json"],
                setting: ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
            ).expect(0)
            try await proxy.waitUntilReached(point)
            await proxy.stop()
            try Self.expectEachCountedOnce(ended)
            let (findings, counts) = try await invariants.check()
            #expect(findings == [], "\(point)")
            #expect(counts.received == 3 && counts.acted == 3 && counts.leasesLost == 0, "\(point): \(counts)")
        }
    }

    /// Whether a run that did everything alone says so.
    private static func expectEachCountedOnce(_ ended: House.Ended) throws {
        let report = try JSONSerialization.jsonObject(with: Data(ended.out.utf8)) as? [String: Any]
        let completed = report?["completed"] as? [String: Int]
        #expect(
            completed == ["erased": 3, "exported": 3, "rectified": 1, "no_data": 1]
                && report?["balances"] as? Bool == true,
            "\(ended.out)"
        )
    }

    @Test("a malformed row that was refused in a commit without an answer is counted once")
    func refusalCut() async throws {
        let postgres = try await Self.shared.value
        try await House.with(on: postgres) { house in
            try await house.sql("drop trigger check_new_request on dsr.subject_requests")
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('access', '..'), ('access', 'nobody')"
            )
            let proxy = try await PostgresProxy.start(before: postgres)
            await proxy.order(.cut, at: .init(.after, "admit requests"))
            let ended = try await house.dsr(
                ["run"],
                setting: ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
            ).expect(1)
            #expect(
                ended.out.contains("the sums agree") && ended.out.contains("refused                               1")
            )
            await proxy.stop()
        }
    }

    @Test("a heartbeat whose connection breaks is made again, and the lease is kept")
    func heartbeat() async throws {
        let postgres = try await Self.shared.value
        try await House.with(on: postgres, environment: ["DSR_LEASE_SECONDS": "6"]) { house in
            let proxy = try await PostgresProxy.start(before: postgres)
            let match = SandboxMatch(operation: "getCustomerInventory", identifier: "nobody")
            await house.sandbox.install(SandboxFault(.hang, match: match))
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('access', 'nobody')")
            let through = ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
            let ended = try await house.running(["run"], setting: through) { _ in
                try await house.received(match)
                // Three renewals go wrong in a row, and then one does not.
                for number in 1...3 {
                    let point = PostgresProxy.Point(number == 2 ? .after : .before, "renew the lease")
                    await proxy.order(.cut, at: point)
                    try await proxy.waitUntilReached(point)
                }
                let renewed = PostgresProxy.Point(.after, "renew the lease")
                await proxy.order(.hold, at: renewed)
                try await proxy.waitUntilReached(renewed)
                await proxy.release(renewed)
                await house.sandbox.clearFaults()
            }
            try ended.expect(0)
            #expect(try await house.ending(of: 1) == "completed no_data")
            await proxy.stop()
        }
    }

    // MARK: - The server

    /// Forty customers with an erasure and an access each, at an API that takes its time.
    private func prepare(_ house: House) async throws -> Invariants {
        try await house.makeCustomers(40)
        try await house.sql(
            """
            insert into dsr.subject_requests (kind, integration_id)
            select kind, 'customer-' || n from generate_series(1, 40) n cross join unnest(array['erasure', 'access']) kind
            """
        )
        await house.sandbox.install(SandboxFault(.delay(milliseconds: 40)))
        return try await Invariants(house)
    }

    /// Every customer was erased by the one call that was made for it, and the run kept its lease.
    private static func expectNothingLost(_ invariants: Invariants) async throws {
        let (findings, counts) = try await invariants.check()
        #expect(findings == [])
        #expect(counts.received == 40 && counts.acted == 40 && counts.leasesLost == 0, "\(counts)")
    }

    /// Runs with concurrency and a lease that make a short outage a short one.
    private static let environment = ["DSR_CONCURRENCY": "4", "DSR_LEASE_SECONDS": "30"]

    @Test("a server that crashes in mid-run and recovers costs nothing", arguments: [true, false])
    func restart(immediate: Bool) async throws {
        let postgres = try await ThrowawayPostgres.start()
        try await House.withEvidence(on: postgres, environment: Self.environment) { house, _ in
            let invariants = try await prepare(house)
            let ended = try await house.running { _ in
                for number in [20, 60] {
                    try await house.received(SandboxMatch(operation: "getCustomerInventory"), number: number)
                    try await postgres.restart(immediate: immediate)
                }
            }
            try ended.expect(0)
            try await Self.expectNothingLost(invariants)
        }
        await postgres.stop()
    }

    @Test("backends that are terminated again and again cost nothing")
    func terminated() async throws {
        let postgres = try await Self.shared.value
        try await House.withEvidence(on: postgres, environment: Self.environment) { house, _ in
            let invariants = try await prepare(house)
            let ended = try await house.running { _ in
                var killed = 0
                try await house.received(SandboxMatch(operation: "getCustomerInventory"), number: 2)
                for number in 1...20 {
                    killed += try await house.count(
                        """
                        select count(pg_terminate_backend(pid)) from pg_stat_activity
                        where datname = current_database() and pid <> pg_backend_pid()
                        """
                    )
                    try await house.received(SandboxMatch(operation: "getCustomerInventory"), number: 2 + number)
                }
                #expect(killed >= 5)
            }
            try ended.expect(0)
            try await Self.expectNothingLost(invariants)
        }
    }

    @Test("a server that becomes read-only, as in a failover, is waited for like one that is gone")
    func readOnly() async throws {
        let postgres = try await Self.shared.value
        try await House.withEvidence(on: postgres, environment: Self.environment) { house, _ in
            let invariants = try await prepare(house)
            let name = try await house.texts("select current_database()::text as t")[0]
            let ended = try await house.running { _ in
                try await house.received(SandboxMatch(operation: "getCustomerInventory"), number: 20)
                try await house.sql("alter database \(name) set default_transaction_read_only = on")
                try await house.sql(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
                )
                // It has come back and was refused, more than once.
                try await Self.waitForConnections(2, to: house)
                try await house.psql(
                    "begin read write; alter database \(name) reset default_transaction_read_only; commit"
                ).expect(0)
            }
            try ended.expect(0)
            try await Self.expectNothingLost(invariants)
        }
    }

    /// Waits until so many connections to a house's database have been made since now.
    private static func waitForConnections(_ count: Int, to house: House) async throws {
        func sessions() async throws -> Int {
            try await house.count("select sessions from pg_stat_database where datname = current_database()")
        }
        let before = try await sessions()
        let end = ContinuousClock.now + .seconds(20)
        // This look is a connection too.
        var looks = 0
        while ContinuousClock.now < end, try await sessions() - before - looks < count + 2 { looks += 1 }
    }

    @Test("a server whose disk is full is waited for, and not asked again and again without a pause")
    func diskFull() async throws {
        let postgres = try await Self.shared.value
        try await House.withEvidence(on: postgres, environment: Self.environment) { house, _ in
            let invariants = try await prepare(house)
            try await house.script(
                """
                create sequence public.dsr_test_full_count;
                create function public.dsr_test_full() returns trigger language plpgsql as
                $$ begin perform nextval('public.dsr_test_full_count'); raise exception using errcode = 'disk_full', message = 'full'; end $$
                """
            )
            let ended = try await house.running { _ in
                try await house.received(SandboxMatch(operation: "getCustomerInventory"), number: 20)
                try await house.sql(
                    "create trigger dsr_test_full before insert on dsr.evidence_leaves execute function public.dsr_test_full()"
                )
                func refusals() async throws -> Int {
                    try await house.count(
                        "select case when is_called then last_value else 0 end from public.dsr_test_full_count"
                    )
                }
                let end = ContinuousClock.now + .seconds(20)
                while try await refusals() < 3, ContinuousClock.now < end {}
                try await house.letPass(seconds: 1)
                #expect((3...20).contains(try await refusals()))
                try await house.sql("drop trigger dsr_test_full on dsr.evidence_leaves")
            }
            try ended.expect(0)
            try await Self.expectNothingLost(invariants)
        }
    }

    @Test("connections that go deaf are given up, and made again")
    func deaf() async throws {
        let postgres = try await Self.shared.value
        let environment = Self.environment.merging(["DSR_DATABASE_STATEMENT_TIMEOUT_SECONDS": "1"]) { $1 }
        try await House.withEvidence(on: postgres, environment: environment) { house, _ in
            let invariants = try await prepare(house)
            let proxy = try await PostgresProxy.start(before: postgres)
            let through = ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
            let ended = try await house.running(["run"], setting: through) { _ in
                try await house.received(SandboxMatch(operation: "getCustomerInventory"), number: 20)
                let before = await proxy.connectionCount()
                await proxy.setDeaf(true)
                // It has given the old ones up, and tried new ones, which are deaf as well.
                try await proxy.waitForConnections(before + 1)
                await proxy.setDeaf(false)
            }
            try ended.expect(0)
            try await Self.expectNothingLost(invariants)
            await proxy.stop()
        }
    }

    @Test("a database that stays away for longer than the run has patience ends it, and the next run takes over")
    func patience() async throws {
        let postgres = try await Self.shared.value
        let environment = ["DSR_CONCURRENCY": "4", "DSR_LEASE_SECONDS": "30", "DSR_DATABASE_PATIENCE_SECONDS": "1"]
        try await House.withEvidence(on: postgres, environment: environment) { house, _ in
            let invariants = try await prepare(house)
            let proxy = try await PostgresProxy.start(before: postgres)
            let through = ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
            let ended = try await house.running(["run"], setting: through) { _ in
                try await house.received(SandboxMatch(operation: "getCustomerInventory"), number: 20)
                await proxy.setRefusing(true)
                await proxy.cutAll()
            }
            #expect(try ended.expect(69).err.split(separator: "\n").count == 1)
            await proxy.stop()
            try await house.sql(
                "update dsr.runs set lease_until = clock_timestamp() - interval '1 second' where ended_at is null"
            )
            try await house.dsr("run").expect(0)
            let (findings, counts) = try await invariants.check()
            #expect(findings == [])
            #expect(counts.acted == 40, "\(counts)")
        }
    }
}
