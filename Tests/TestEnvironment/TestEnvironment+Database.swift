import Foundation
package import Postgres

extension PostgresConfiguration {
    /// A configuration whose timeouts no loaded machine reaches, for what a test does beside the program.
    package static func unhurried(_ connectionString: String) -> PostgresConfiguration {
        PostgresConfiguration(
            connectionString: connectionString,
            connectTimeout: .seconds(120),
            statementTimeout: .seconds(600),
            idleInTransactionTimeout: .seconds(600)
        )
    }
}

extension TestEnvironment {
    /// Runs SQL on a connection of its own.
    @discardableResult
    package func sql(_ text: String, _ parameters: any PostgresEncodable...) async throws -> PostgresResult {
        let connection = try await PostgresConnection.connect(.unhurried(database))
        let result: Result<PostgresResult, any Error>
        do {
            result = .success(try await connection.query(Statement("test", text), parameters: parameters))
        } catch {
            result = .failure(error)
        }
        await connection.close()
        return try result.get()
    }

    /// Runs several statements on one connection.
    package func script(_ text: String) async throws {
        try await psql(text).expect(0)
    }

    /// Runs statements that no trigger, and no rule of the log, stands in the way of.
    package func tamper(_ text: String) async throws {
        try await script("set session_replication_role = replica; \(text)")
    }

    /// A connection that stays open, for locks and transactions.
    package func connection() async throws -> PostgresConnection {
        try await PostgresConnection.connect(.unhurried(database))
    }

    /// One number.
    package func count(_ text: String) async throws -> Int {
        let rows = try await sql("select (\(text))::bigint as n")
        return try rows[rows.startIndex].decode("n")
    }

    /// One column of text, nulls as `-`.
    package func texts(_ text: String) async throws -> [String] {
        try await sql(text).map { try $0.decode("t", as: String?.self) ?? "-" }
    }

    /// The database's clock, in seconds.
    package func now() async throws -> Double {
        let rows = try await sql("select extract(epoch from clock_timestamp())::double precision as n")
        return try rows[rows.startIndex].decode("n")
    }

    /// Lets time pass: for what must not happen meanwhile, which nothing can announce, and for how long an outage lasts.
    package func letPass(_ time: Duration) async throws {
        try await sql("select pg_sleep($1)", time / .seconds(1))
    }

    /// Every value of every table of the schema, bytes as text where they are text and as hex where not.
    package func dump() async throws -> String {
        var all = ""
        for table in try await texts("select tablename::text as t from pg_tables where schemaname = 'dsr' order by 1") {
            all += try await texts("select '\(table) ' || to_jsonb(r)::text as t from dsr.\(table) r").joined(
                separator: "\n"
            )
        }
        return all
    }

    /// Ends every connection to the database but its own.
    ///
    /// - Returns: How many there were.
    @discardableResult
    package func terminateBackends() async throws -> Int {
        try await count(
            """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """
        )
    }

    /// Lets every new transaction be read-only, as after a failover, until the test says otherwise.
    package func setReadOnly(_ isReadOnly: Bool) async throws {
        let name = try await texts("select current_database()::text as t")[0]
        let change = isReadOnly ? "set default_transaction_read_only = on" : "reset default_transaction_read_only"
        // In one transaction that says for itself that it writes.
        try await psql("begin read write; alter database \(name) \(change); commit").expect(0)
    }

    /// Lets each new entry of the evidence be refused as on a full disk, until the test says otherwise.
    package func setDiskFull(_ isFull: Bool) async throws {
        guard isFull else {
            try await sql("drop trigger dsr_test_full on dsr.evidence_leaves")
            return
        }
        try await script(
            """
            create sequence if not exists public.dsr_test_refusals;
            create or replace function public.dsr_test_full() returns trigger language plpgsql as $$
            begin
                perform nextval('public.dsr_test_refusals');
                raise exception using errcode = 'disk_full', message = 'full';
            end $$;
            create trigger dsr_test_full before insert on dsr.evidence_leaves execute function public.dsr_test_full()
            """
        )
    }

    /// How many statements have been refused since the disk was full for the first time.
    package func diskFullRefusals() async throws -> Int {
        try await count("select case when is_called then last_value else 0 end from public.dsr_test_refusals")
    }
}
