import Foundation
import Postgres
import Testing

/// A statement that fails because of a value, and a part of its error's description.
struct Refusal: Sendable, CustomTestStringConvertible {
    let sqlState: String
    let sql: String
    let says: String

    var testDescription: String { sqlState }
}

private let secret = "jane.doe@example.com"

private let refusals = [
    Refusal(sqlState: "23505", sql: "insert into t values ($1, 1), ($1, 1)", says: "unique_violation"),
    Refusal(sqlState: "23514", sql: "insert into t values ($1, -1)", says: "check_violation"),
    Refusal(sqlState: "23502", sql: "insert into t values ($1, null)", says: "column \"n\""),
    Refusal(sqlState: "22P02", sql: "select $1::text::int", says: "invalid_text_representation"),
    Refusal(sqlState: "22P02", sql: "select $1::uuid", says: "invalid_text_representation"),
    Refusal(sqlState: "22003", sql: "select length($1::text)::int2 * 32767::int2", says: "numeric_value_out_of_range"),
    Refusal(sqlState: "22P02", sql: "select ('\"' || $1)::jsonb", says: "invalid_text_representation"),
    Refusal(sqlState: "P0001", sql: "select pg_temp.raise($1, 'P0001')", says: "raise_exception"),
    Refusal(sqlState: "42501", sql: "select pg_temp.raise($1, '42501')", says: "(42501)"),
    Refusal(sqlState: "XX000", sql: "select pg_temp.raise($1, 'XX000')", says: "internal_error"),
    Refusal(sqlState: "42601", sql: "select to_tsquery('simple', $1 || ' !! & (')", says: "syntax_error"),
]

@Suite("Errors")
struct ErrorTests {
    private func prepared() async throws -> PostgresConnection {
        let connection = try await Cluster.connect()
        try await connection.run(
            script: """
                create temporary table t (e text primary key, n int not null constraint positive check (n > 0));
                create function pg_temp.raise(message text, code text) returns void language plpgsql as $$
                begin
                  raise exception using message = message, errcode = code, detail = message;
                end $$;
                """,
            named: "schema"
        )
        return connection
    }

    @Test("an error has the SQLSTATE and the names, and never the data", arguments: refusals)
    func redacted(_ refusal: Refusal) async throws {
        let connection = try await prepared()
        let error = try await failure {
            try await connection.query(Statement("risky", refusal.sql), secret)
        }
        #expect(error.code == .server)
        #expect(error.sqlState == refusal.sqlState)
        #expect(error.statement == "risky")
        #expect(error.description.hasPrefix("statement \"risky\" failed: "))
        #expect(error.description.contains(refusal.says), "\(error)")
        var dumped = ""
        dump(error, to: &dumped)
        #expect(!dumped.contains("jane"))
        #expect(error.isDataError == ["22", "23"].contains(refusal.sqlState.prefix(2)))
        #expect(!error.isConnectionLoss)
        #expect(try await connection.query(Statement("one", "select 1 as one"))[0].decode("one") == 1)
    }

    @Test("a violated constraint is named with its table")
    func constraint() async throws {
        let connection = try await prepared()
        let error = try await failure {
            try await connection.query(Statement("risky", "insert into t values ('a', $1)"), -1)
        }
        #expect(error.table == "t")
        #expect(error.constraint == "positive")
        #expect(
            error.description
                == "statement \"risky\" failed: check_violation (23514), table \"t\", constraint \"positive\""
        )
    }

    @Test(
        "an error in a statement has the server's message",
        arguments: [
            ("select * from nowhere", "relation \"nowhere\" does not exist (42P01)"),
            ("select nothing", "column \"nothing\" does not exist (42703)"),
            ("selec 1", "syntax error at or near \"selec\" (42601)"),
        ]
    )
    func mistakes(sql: String, message: String) async throws {
        let connection = try await Cluster.connect()
        let error = try await failure { try await connection.query(Statement("typo", sql)) }
        #expect(error.description == "statement \"typo\" failed: \(message)")
    }

    @Test("a read-only server counts as a lost connection, since writing needs another server")
    func readOnly() async throws {
        let connection = try await prepared()
        try await connection.run(script: "set default_transaction_read_only = on", named: "standby")
        let error = try await failure {
            try await connection.query(Statement("create", "create table never (n int)"))
        }
        #expect(error.sqlState == "25006")
        #expect(error.isConnectionLoss)
    }

    @Test("a serialization failure is distinguished from other errors")
    func serialization() async throws {
        let first = try await Cluster.connectToFreshDatabase()
        let second = try await PostgresConnection.connect(PostgresConfiguration(connectionString: await first.endpoint))
        try await first.run(script: "create table t (n int); insert into t values (1)", named: "schema")
        let begin = "begin isolation level repeatable read; select * from t"
        try await first.run(script: begin, named: "begin")
        try await second.run(script: begin, named: "begin")
        let update = Statement("update", "update t set n = n + 1")
        try await first.query(update)
        try await first.run(script: "commit", named: "commit")
        let error = try await failure { try await second.query(update) }
        #expect(error.sqlState == "40001")
        #expect(error.isSerialization)
    }
}
