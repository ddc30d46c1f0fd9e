import Foundation
import Postgres
import TestEnvironment
import ThrowawayPostgres

/// One server for all tests of the process.
enum Cluster {
    private static let started = Task { try await ThrowawayPostgres.start(settings: ["max_connections": "300"]) }

    static func connectionString() async throws -> String {
        try await started.value.connectionString
    }

    /// A new connection to the shared database, in which tests use only temporary tables.
    static func connect(statementTimeout: Duration = .seconds(60)) async throws -> PostgresConnection {
        try await PostgresConnection.connect(
            PostgresConfiguration(
                connectionString: try await connectionString(),
                statementTimeout: statementTimeout
            )
        )
    }

    /// A connection to a new database.
    static func connectToFreshDatabase() async throws -> PostgresConnection {
        let string = try await started.value.createDatabase()
        return try await PostgresConnection.connect(PostgresConfiguration(connectionString: string))
    }
}

/// Runs `work` and returns the error that it must throw.
func failure(_ work: () async throws -> Void) async throws -> PostgresError {
    do {
        try await work()
    } catch let error as PostgresError {
        return error
    }
    throw NothingThrown()
}

struct NothingThrown: Error {}

extension PostgresConnection {
    /// The ID of the server process of this connection.
    func processID() throws -> Int {
        try query(Statement("process id", "select pg_backend_pid() as pid"))[0].decode("pid")
    }

    /// Waits until the connection with `processID` runs a statement whose text begins with `prefix`.
    func waitUntilRuns(_ prefix: String, on processID: Int) async throws {
        let statement = Statement(
            "watch",
            """
            select count(*) as n from pg_stat_activity
            where pid = $1 and state = 'active' and starts_with(query, $2::text)
            """
        )
        try await waitUntil("'\(prefix)' runs") {
            try query(statement, processID, prefix)[0].decode("n", as: Int.self) == 1
        }
    }
}
