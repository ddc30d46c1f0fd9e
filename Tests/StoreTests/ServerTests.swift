import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Servers and databases")
struct ServerTests {
    @Test("a database that does not store UTF-8 is refused, by migrate too", arguments: ["SQL_ASCII", "LATIN1"])
    func encoding(_ encoding: String) async throws {
        let database = try await Database.empty()
        let name = "other_\(UUID().uuidString.prefix(8).lowercased())"
        try await database.run(
            "create database \(name) encoding '\(encoding)' template template0 lc_collate 'C' lc_ctype 'C'"
        )
        let string = await database.raw.endpoint.replacing(/dbname=[^ ]*/, with: "dbname=\(name)")
        let error = try await #require(throws: StoreError.self) {
            _ = try await Store.connect(PostgresConfiguration(connectionString: string))
        }
        #expect(error.code == .configuration && !error.isTransient)
        #expect(error.description.contains("has the encoding \(encoding)"))
        #expect(error.description.contains("createdb --encoding UTF8"))
    }

    @Test("settings of a database that change the meaning of SQL do not matter, from the first migration on")
    func settings() async throws {
        let database = try await Database.empty()
        let name = try #require(try await database.text("select current_database()"))
        for setting in [
            "standard_conforming_strings = off", "statement_timeout = '20ms'", "lock_timeout = '20ms'",
            "datestyle = 'SQL, DMY'", "timezone = 'Asia/Tokyo'", "bytea_output = escape", "search_path = nowhere",
            "default_transaction_isolation = serializable", "transform_null_equals = on",
        ] {
            try await database.run("alter database \(name) set \(setting)")
        }
        let store = try await database.anotherStore()
        _ = try await store.migrate()
        let fresh = Database(connectionString: database.connectionString, store: store, raw: database.raw)
        let run = try await fresh.begin()
        _ = try await fresh.ready(.access, "Zoë", run: run)
        let claimed = try await fresh.claim(run)
        #expect(claimed.count == 1)
        #expect(try await store.record(claimed.map { completion(of: $0) }, run: run).count == 1)
    }

    @Test("a policy that hides rows from the role is refused when the queue is opened")
    func policies() async throws {
        let database = try await Database.fresh()
        let role = "worker_\(UUID().uuidString.prefix(8).lowercased())"
        try await database.run("create role \(role) login")
        try await database.run(Grants([.worker: role, .intake: role, .auditor: role]).script)
        let string = database.connectionString.replacing("user=postgres", with: "user=\(role)")
        try await Store.open(PostgresConfiguration(connectionString: string)).close()

        try await database.run("alter table dsr.subject_requests enable row level security")
        let error = try await #require(throws: StoreError.self) {
            _ = try await Store.open(PostgresConfiguration(connectionString: string))
        }
        #expect(error.code == .configuration)
        #expect(error.description.contains("row-level security hides rows of dsr.subject_requests"))
        // The owner and superusers see all rows.
        try await Store.open(PostgresConfiguration(connectionString: database.connectionString)).close()
    }

    @Test("a role whose triggers do not fire is refused")
    func replica() async throws {
        let database = try await Database.fresh()
        let error = try await #require(throws: StoreError.self) {
            let string = database.connectionString + " options='-c session_replication_role=replica'"
            _ = try await Store.open(PostgresConfiguration(connectionString: string))
        }
        #expect(error.code == .configuration && error.description.contains("session_replication_role"))
    }
}
