import Foundation
import Postgres
import Testing

@Suite("Settings of a session", .timeLimit(.minutes(5)))
struct SessionSettingsTests {
    @Test("settings that SQL, values and deadlines depend on are the session's own, whatever database and user set")
    func pinned() async throws {
        let first = try await Cluster.connectToFreshDatabase()
        let hostile = [
            "standard_conforming_strings": "off", "transform_null_equals": "on", "row_security": "on",
            "datestyle": "'SQL, DMY'", "intervalstyle": "iso_8601", "timezone": "'Asia/Tokyo'",
            "bytea_output": "escape", "extra_float_digits": "0", "client_encoding": "'LATIN1'",
            "default_transaction_isolation": "serializable", "statement_timeout": "'20s'", "lock_timeout": "'20s'",
            "idle_session_timeout": "'20s'", "search_path": "elsewhere", "synchronous_commit": "off",
        ]
        let name = try await first.query(Statement("name", "select current_database()::text as n"))[0]
            .decode("n", as: String.self)
        for (setting, value) in hostile {
            try await first.run(script: "alter database \(name) set \(setting) = \(value)", named: "hostile")
        }
        var configuration = PostgresConfiguration(
            connectionString: await first.endpoint + " options='-c statement_timeout=20s'"
        )
        configuration.searchPath = "pg_catalog, pg_temp"
        let connection = try await PostgresConnection.connect(configuration)
        let settings = try await connection.query(
            Statement("settings", "select name, setting from pg_settings where name = any($1)"),
            Array(hostile.keys).map { $0 == "datestyle" ? "DateStyle" : $0 }.map {
                ["timezone": "TimeZone", "intervalstyle": "IntervalStyle"][$0] ?? $0
            }
        )
        var found: [String: String] = [:]
        for row in settings {
            found[try row.decode("name", as: String.self).lowercased()] = try row.decode("setting", as: String.self)
        }
        #expect(
            found == [
                "standard_conforming_strings": "on", "transform_null_equals": "off", "row_security": "off",
                "datestyle": "ISO, YMD", "intervalstyle": "postgres", "timezone": "UTC", "bytea_output": "hex",
                "extra_float_digits": "1", "client_encoding": "UTF8", "default_transaction_isolation": "read committed",
                "statement_timeout": "0", "lock_timeout": "0", "idle_session_timeout": "0",
                "search_path": "pg_catalog, pg_temp", "synchronous_commit": "on",
            ]
        )
    }

    @Test("a policy that hides rows is an error, not an empty answer")
    func policies() async throws {
        let connection = try await Cluster.connectToFreshDatabase()
        let role = "hidden_\(UUID().uuidString.prefix(8).lowercased())"
        try await connection.run(
            script: """
                create role \(role) login;
                create table t (n int); alter table t enable row level security;
                grant select on t to \(role)
                """,
            named: "schema"
        )
        let string = await connection.endpoint.replacing("user=postgres", with: "user=\(role)")
        let other = try await PostgresConnection.connect(PostgresConfiguration(connectionString: string))
        let error = try await failure { try await other.query(Statement("look", "select n from t")) }
        #expect(error.sqlState == "42501" && error.description.contains("row-level security"), "\(error)")
    }

    @Test("a pool in transaction mode is recognised before anything is set in the server's session")
    func pool() async throws {
        let pool = try #require(TransactionPool(before: try await Cluster.connectionString()))
        let string = "host=127.0.0.1 port=\(pool.port) user=postgres dbname=postgres sslmode=disable gssencmode=disable"
        let error = try await failure {
            _ = try await PostgresConnection.connect(PostgresConfiguration(connectionString: string))
        }
        #expect(error.code == .invalidConfiguration)
        #expect(error.description.contains("pool in transaction mode"), "\(error)")
        #expect(pool.queries.allSatisfy { !$0.hasPrefix("set") })
    }

    @Test("a prepared statement that is gone, or there already, means a pool in transaction mode")
    func preparedStatements() async throws {
        let connection = try await Cluster.connect()
        let one = Statement("one", "select 1 as one")
        try await connection.query(one)
        try await connection.query(Statement("forget", "deallocate all"))
        let gone = try await failure { try await connection.query(one) }
        #expect(gone.sqlState == "26000" && gone.code == .invalidConfiguration)
        #expect(gone.description.contains("pool in transaction mode"), "\(gone)")

        let other = try await Cluster.connect()
        try await other.query(Statement("prepare", "prepare \"one\" as select 2"))
        let there = try await failure { try await other.query(one) }
        #expect(there.sqlState == "42P05" && there.code == .invalidConfiguration)
        #expect(there.description.contains("pool in transaction mode"), "\(there)")
    }
}
