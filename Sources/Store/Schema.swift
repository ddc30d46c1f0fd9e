import Crypto
public import Foundation
import Migrations
import Postgres

/// A migration of the schema, and when it was applied.
public struct MigrationStatus: Sendable {
    /// Its number and name.
    public let version: Int, name: String
    /// When it was applied; `nil` where it was not yet.
    public let appliedAt: Date?
}

extension Store {
    private struct Applied {
        let version: Int
        let name: String
        let checksum: Data
        let appliedAt: Date

        init(_ row: PostgresRow) throws {
            version = try row.decode("version")
            name = try row.decode("name")
            checksum = try row.decode("sha256")
            appliedAt = try row.decode("applied_at")
        }
    }

    /// Applies the migrations that are missing, each in its own transaction, one process at a time.
    ///
    /// - Returns: The migrations that were applied.
    /// - Throws: ``StoreError`` `.schema` where an applied migration differs from the one in this version.
    public func migrate() async throws -> [MigrationStatus] {
        try await run(script: SchemaStatements.prepare, named: "prepare the schema")
        var done: [MigrationStatus] = []
        while let step = try await applyNext() { done.append(step) }
        return done
    }

    /// Every migration of this version, and when the database received it.
    public func migrationStatus() async throws -> [MigrationStatus] {
        let applied = try await appliedMigrations()
        return Migration.all.map { step in
            MigrationStatus(
                version: step.version,
                name: step.name,
                appliedAt: applied.first { $0.version == step.version }?.appliedAt
            )
        }
    }

    /// Checks that the database has exactly the migrations of this version, and that the role sees all of its rows.
    ///
    /// - Throws: ``StoreError`` `.schema` or `.configuration`, with what to do.
    public func requireCurrentSchema() async throws {
        try await requireWholeView()
        let applied = try await appliedMigrations()
        if applied.isEmpty {
            throw StoreError(.schema, "the database has no dsr schema; run 'dsr migrate' first")
        }
        try Self.compare(applied)
        if applied.count < Migration.all.count {
            throw StoreError(
                .schema,
                "the schema is at version \(applied.count), and this version of dsr needs \(Migration.all.count); "
                    + "run 'dsr migrate'"
            )
        }
    }

    /// Applies the first migration that is missing; `nil` where none is.
    private func applyNext() async throws -> MigrationStatus? {
        try await transaction { connection in
            // Other processes wait for the table, and see then what was applied.
            try connection.run(script: SchemaStatements.lock, named: "lock the migrations")
            let applied = try connection.query(SchemaStatements.applied).map(Applied.init)
            try Self.compare(applied)
            guard let step = Migration.all.dropFirst(applied.count).first else { return nil }
            try connection.run(script: step.sql, named: "migration \(step.version) \(step.name)")
            try connection.query(
                SchemaStatements.remember,
                step.version,
                step.name,
                Data(SHA256.hash(data: Data(step.sql.utf8)))
            )
            return MigrationStatus(version: step.version, name: step.name, appliedAt: Date())
        }
    }

    private func appliedMigrations() async throws -> [Applied] {
        let exists = try await row(SchemaStatements.exists) { row in try row.decode("present", as: Bool.self) }
        guard exists else { return [] }
        return try await rows(SchemaStatements.applied, [], Applied.init)
    }

    private static func compare(_ applied: [Applied]) throws {
        if let unknown = applied.first(where: { $0.version > Migration.all.count }) {
            throw StoreError(
                .schema,
                "the schema has migration \(unknown.version), which this version of dsr does not know; use the version that "
                    + "migrated it, or a newer one"
            )
        }
        for (found, known) in zip(applied, Migration.all) {
            guard found.version == known.version else {
                throw StoreError(
                    .schema,
                    "migration \(known.version) (\(known.name)) is missing, and later ones are applied; restore the dsr schema "
                        + "from a backup"
                )
            }
            guard found.checksum == Data(SHA256.hash(data: Data(known.sql.utf8))) else {
                throw StoreError(
                    .schema,
                    "migration \(found.version) (\(found.name)) was applied with different contents; use the version of dsr "
                        + "that migrated this database"
                )
            }
        }
    }
}

private enum SchemaStatements {
    // Another process may create the same at this moment, which `if not exists` does not see.
    static let prepare = """
        do $$
        begin
            create schema if not exists dsr;
            create table if not exists dsr.schema_migrations (
                version    integer     primary key,
                name       text        not null,
                sha256     bytea       not null,
                applied_at timestamptz not null default now(),
                applied_by text        not null default current_user
            );
        exception when unique_violation or duplicate_schema or duplicate_table then
            null;
        end
        $$;
        """

    static let lock = "lock table dsr.schema_migrations in share row exclusive mode"

    static let exists = Statement(
        "look for the schema",
        "select to_regclass('dsr.schema_migrations') is not null as present"
    )

    static let applied = Statement(
        "read the migrations",
        "select version, name, sha256, applied_at from dsr.schema_migrations order by version"
    )

    static let remember = Statement(
        "remember a migration",
        "insert into dsr.schema_migrations (version, name, sha256) values ($1, $2, $3)"
    )
}
