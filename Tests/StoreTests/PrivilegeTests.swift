import Postgres
import Store
import Testing

@Suite("Privileges")
struct PrivilegeTests {
    @Test(
        "a role that may only insert cannot call a function that runs with the owner's rights, before grants are applied",
        arguments: [
            "select dsr.append_evidence('[]', null)", "select dsr.append_evidence('[{\"event\":\"x\"}]', null, '{}')",
            "select dsr.prune_evidence(0, 'R', 'me')", "select from dsr.evidence_head for update",
        ]
    )
    func inserter(call: String) async throws {
        let database = try await Database.fresh()
        let role = "inserter_\(UInt64.random(in: 0 ... .max))"
        try await database.run(
            """
            create role \(role);
            grant usage on schema dsr to \(role);
            grant insert (kind, integration_id), select (id) on dsr.subject_requests to \(role);
            set role \(role);
            insert into dsr.subject_requests (kind, integration_id) values ('access', 'customer-42') returning id
            """
        )
        let error = try await #require(throws: PostgresError.self) { try await database.run(call) }
        #expect(error.sqlState == "42501")
    }

    @Test("after grants are applied, an intake role inserts, a worker runs, and an auditor audits")
    func granted() async throws {
        let database = try await Database.fresh()
        let suffix = UInt64.random(in: 0 ... .max)
        let (worker, intake, auditor) = ("worker_\(suffix)", "intake_\(suffix)", "auditor_\(suffix)")
        try await database.run("create role \(worker); create role \(intake); create role \(auditor)")
        try await database.store.apply(Grants([.worker: worker, .intake: intake, .auditor: auditor]))
        let connection = try await database.connection()
        let store = Store(connection: connection)
        func become(_ role: String) async throws {
            try await connection.run(script: "reset role; set role \(role)", named: "role")
        }

        try await become(intake)
        for ticket in ["null", "'HD-1'"] {
            try await connection.run(
                script: """
                    insert into dsr.subject_requests (kind, integration_id, ticket)
                    values ('erasure', 'customer-42', \(ticket)) returning id
                    """,
                named: "insert"
            )
        }
        // The role is a fact, and not the inserter's to write.
        #expect(try await database.column("inserted_by", of: 1) == "postgres")
        let error = try await #require(throws: PostgresError.self) {
            try await connection.run(
                script: """
                    insert into dsr.subject_requests (kind, integration_id, inserted_by) values ('access', 'c', 'x')
                    """,
                named: "insert"
            )
        }
        #expect(error.sqlState == "42501")
        try await become(worker)
        try await store.requireRights()
        let working = Database(connectionString: database.connectionString, store: store, raw: database.raw)
        let run = try await working.begin()
        try await working.admit(run)
        let request = try #require(try await working.claim(run).first)
        _ = try await store.record([completion(of: request)], run: run)
        #expect(try await store.rescue(run: run).holdsLease)
        #expect(try await store.queueSnapshot(closedBy: run).closedByRun == 2)

        try await become(auditor)
        #expect(try await store.discrepancies(after: 0, limit: 9).isEmpty)
        #expect(try await store.auditedLeaves(from: 0, limit: 19).count == 8)
    }
}
