import Crypto
public import Foundation
import Migrations
import Postgres

/// The schema's steps and where a database stands among them.
extension Store {
    /// One step, and when it was applied here.
    public struct MigrationStatus: Sendable {
        /// The step's number and name.
        public let version: Int, name: String
        /// When it was applied; `nil` where it is still to come.
        public let appliedAt: Date?
    }

    private struct Applied {
        let version: Int
        let name: String
        let checksum: Data
        let appliedAt: Date
    }

    /// Applies the steps that are missing, each in a transaction of its own, one process at a time.
    ///
    /// - Returns: The steps applied now.
    /// - Throws: ``StoreError`` `.schema` where an applied step is not the one this version knows.
    public func migrate() async throws(StoreError) -> [MigrationStatus] {
        do {
            try await connection.query(SchemaStatements.lock)
        } catch {
            throw StoreError(error)
        }
        let result: Result<[MigrationStatus], StoreError>
        do throws(StoreError) {
            result = .success(try await applyMissing())
        } catch {
            result = .failure(error)
        }
        _ = try? await connection.query(SchemaStatements.unlock)
        return try result.get()
    }

    /// Every step this version knows, and which of them the database has.
    public func migrationStatus() async throws(StoreError) -> [MigrationStatus] {
        let applied = try await appliedMigrations()
        return Migration.all.map { step in
            MigrationStatus(
                version: step.version,
                name: step.name,
                appliedAt: applied.first { $0.version == step.version }?.appliedAt
            )
        }
    }

    /// - Throws: ``StoreError`` `.schema`, with what to do, unless the database has exactly the steps this
    ///   version knows.
    public func requireCurrentSchema() async throws(StoreError) {
        let applied = try await appliedMigrations()
        if applied.isEmpty {
            throw StoreError(.schema, "the database has no dsr schema; run 'dsr migrate' first")
        }
        try Self.compare(applied)
        if applied.count < Migration.all.count {
            throw StoreError(
                .schema,
                "the schema is at version \(applied.count) and this dsr needs \(Migration.all.count); "
                    + "run 'dsr migrate'"
            )
        }
    }

    private func applyMissing() async throws(StoreError) -> [MigrationStatus] {
        do {
            try await connection.run(script: SchemaStatements.prepare, named: "prepare the schema")
        } catch {
            throw StoreError(error)
        }
        let applied = try await appliedMigrations()
        try Self.compare(applied)
        var done: [MigrationStatus] = []
        for step in Migration.all.dropFirst(applied.count) {
            let checksum = Data(SHA256.hash(data: Data(step.sql.utf8)))
            try await transaction { connection in
                try connection.run(script: step.sql, named: "migration \(step.version) \(step.name)")
                try connection.query(SchemaStatements.remember, step.version, step.name, checksum)
            }
            done.append(MigrationStatus(version: step.version, name: step.name, appliedAt: Date()))
        }
        return done
    }

    private func appliedMigrations() async throws(StoreError) -> [Applied] {
        let exists = try await rows(SchemaStatements.exists, []) { row throws(PostgresError) in
            try row.decode("present", as: Bool.self)
        }
        guard exists.first == true else { return [] }
        return try await rows(SchemaStatements.applied, []) { row throws(PostgresError) in
            Applied(
                version: try row.decode("version"),
                name: try row.decode("name"),
                checksum: try row.decode("sha256"),
                appliedAt: try row.decode("applied_at")
            )
        }
    }

    private static func compare(_ applied: [Applied]) throws(StoreError) {
        if let unknown = applied.first(where: { $0.version > Migration.all.count }) {
            throw StoreError(
                .schema,
                "the schema has step \(unknown.version), which this dsr does not know; use the dsr version that "
                    + "migrated it, or a newer one"
            )
        }
        for (found, known) in zip(applied, Migration.all) {
            guard found.version == known.version else {
                throw StoreError(
                    .schema,
                    "schema step \(known.version) (\(known.name)) is missing before later ones; restore the database's "
                        + "dsr schema from a backup"
                )
            }
            guard found.checksum == Data(SHA256.hash(data: Data(known.sql.utf8))) else {
                throw StoreError(
                    .schema,
                    "schema step \(found.version) (\(found.name)) was applied with other contents than this dsr has; "
                        + "use the dsr version that migrated this database"
                )
            }
        }
    }
}

private enum SchemaStatements {
    // Under the lock too: `if not exists` does not see what another transaction is about to commit.
    static let prepare = """
        create schema if not exists dsr;
        create table if not exists dsr.schema_migrations (
            version    integer     primary key,
            name       text        not null,
            sha256     bytea       not null,
            applied_at timestamptz not null default now(),
            applied_by text        not null default current_user
        );
        """

    // A session lock, so that it spans the steps' own transactions and ends with the connection.
    static let lock = Statement("lock the schema", "select pg_advisory_lock(hashtext('dsr.migrate'))")
    static let unlock = Statement("unlock the schema", "select pg_advisory_unlock(hashtext('dsr.migrate'))")

    static let exists = Statement(
        "look for the schema",
        "select to_regclass('dsr.schema_migrations') is not null as present"
    )

    static let applied = Statement(
        "read the schema's steps",
        "select version, name, sha256, applied_at from dsr.schema_migrations order by version"
    )

    static let remember = Statement(
        "remember a schema step",
        "insert into dsr.schema_migrations (version, name, sha256) values ($1, $2, $3)"
    )
}
