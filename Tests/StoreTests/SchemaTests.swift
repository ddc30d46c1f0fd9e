import Migrations
import Postgres
import Store
import Testing

@Suite("Schema")
struct SchemaTests {
    @Test("a fresh database gets all migrations, once")
    func fresh() async throws {
        let database = try await Database.empty()
        #expect(try await database.store.migrate().map(\.version) == Migration.all.map(\.version))
        #expect(try await database.store.migrate().isEmpty)
        try await database.store.requireCurrentSchema()
        let opened = try await Store.open(PostgresConfiguration(connectionString: database.connectionString))
        await opened.close()
    }

    @Test("several processes that migrate at once apply each migration once, and all succeed")
    func concurrently() async throws {
        let database = try await Database.empty()
        // All of them wait for the end of a transaction that creates the schema too, and fails.
        try await database.run("begin; create schema dsr")
        let applied = try await withThrowingTaskGroup { group in
            for _ in 1...4 {
                let store = try await database.anotherStore()
                group.addTask { try await store.migrate().map(\.version) }
            }
            try await database.waitUntilBlocked(4)
            try await database.run("rollback")
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted() == Migration.all.map(\.version))
        try await database.store.requireCurrentSchema()
    }

    @Test("the status lists each migration, and when it was applied")
    func status() async throws {
        let database = try await Database.empty()
        let before = try await database.store.migrationStatus()
        #expect(before.map(\.version) == Migration.all.map(\.version))
        #expect(before.allSatisfy { $0.appliedAt == nil })
        _ = try await database.store.migrate()
        let after = try await database.store.migrationStatus()
        #expect(after.map(\.name) == Migration.all.map(\.name))
        #expect(after.allSatisfy { $0.appliedAt != nil })
    }

    @Test(
        "a schema of another version is rejected with what to do",
        arguments: [
            ("drop schema dsr cascade", "run 'dsr migrate'"),
            ("delete from dsr.schema_migrations where version = \(Migration.all.count)", "run 'dsr migrate'"),
            (
                "insert into dsr.schema_migrations (version, name, sha256) values (\(Migration.all.count + 1), 'x', '')",
                "use the version that migrated it, or a newer one"
            ),
            (
                "update dsr.schema_migrations set sha256 = '' where version = 1",
                "use the version of dsr that migrated this database"
            ),
            ("delete from dsr.schema_migrations where version = 1", "restore"),
        ]
    )
    func refused(meddling: String, way: String) async throws {
        let database = try await Database.fresh()
        try await database.run(meddling)
        let error = try await #require(throws: StoreError.self) { try await database.store.requireCurrentSchema() }
        #expect(error.code == .schema)
        #expect(error.description.contains(way))
        let configuration = PostgresConfiguration(connectionString: database.connectionString)
        let another = try await #require(throws: StoreError.self) { _ = try await Store.open(configuration) }
        #expect(another.description == error.description)
    }

    @Test(
        "nothing is applied to a schema of another version",
        arguments: [
            "insert into dsr.schema_migrations (version, name, sha256) values (\(Migration.all.count + 1), 'x', '')",
            "update dsr.schema_migrations set sha256 = '' where version = 1",
            "delete from dsr.schema_migrations where version = 1",
        ]
    )
    func notMigrated(meddling: String) async throws {
        let database = try await Database.fresh()
        try await database.run(meddling)
        let error = try await #require(throws: StoreError.self) { _ = try await database.store.migrate() }
        #expect(error.code == .schema)
    }

    @Test("a migration that fails leaves nothing behind, and can be repeated")
    func failingStep() async throws {
        let database = try await Database.empty()
        // It conflicts with a table in the middle of the first migration.
        try await database.run("create schema dsr; create table dsr.request_salts ()")
        let error = try await #require(throws: StoreError.self) { _ = try await database.store.migrate() }
        #expect(error.code == .schema)
        #expect(try await database.text("select to_regclass('dsr.runs')") == nil)
        try await database.run("drop table dsr.request_salts")
        let another = try await database.anotherStore()
        #expect(try await another.migrate().count == Migration.all.count)
    }

    @Test("a database that does not exist is unreachable")
    func unreachable() async throws {
        let configuration = PostgresConfiguration(connectionString: "host=/nonexistent dbname=x")
        let error = try await #require(throws: StoreError.self) { _ = try await Store.open(configuration) }
        #expect(error.code == .unreachable)
    }
}
