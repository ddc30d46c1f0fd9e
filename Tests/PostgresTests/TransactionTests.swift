import Foundation
import Postgres
import Testing

private let insert = Statement("insert", "insert into t values ($1)")
private let count = Statement("count", "select count(*) as n from t")

private struct Stop: Error {}

@Suite("Transactions and statements")
struct TransactionTests {
    private func prepared() async throws -> PostgresConnection {
        let connection = try await Cluster.connect()
        try await connection.run(script: "create temporary table t (n int8 primary key)", named: "schema")
        return connection
    }

    private func rows(_ connection: PostgresConnection) async throws -> Int {
        try await connection.query(count)[0].decode("n")
    }

    @Test("a transaction commits its body's changes, and returns its body's result")
    func commits() async throws {
        let connection = try await prepared()
        let changed = try await connection.transaction { connection in
            try connection.query(insert, 1)
            return try connection.query(insert, 2).affectedRows
        }
        #expect(changed == 1)
        #expect(try await rows(connection) == 2)
    }

    @Test("a transaction whose body throws is rolled back, and the connection stays usable")
    func rollsBack() async throws {
        let connection = try await prepared()
        await #expect(throws: Stop.self) {
            try await connection.transaction { connection in
                try connection.query(insert, 1)
                throw Stop()
            }
        }
        let error = try await failure {
            try await connection.transaction { connection in
                try connection.query(insert, 1)
                try connection.query(insert, 1)
            }
        }
        #expect(error.sqlState == "23505")
        #expect(try await rows(connection) == 0)
        try await connection.transaction { _ = try $0.query(insert, 1) }
        #expect(try await rows(connection) == 1)
    }

    @Test("a transaction that ignores a failed statement is rolled back and throws")
    func ignoredFailure() async throws {
        let connection = try await prepared()
        let error = try await failure {
            try await connection.transaction { connection in
                try connection.query(insert, 1)
                _ = try? connection.query(insert, 1)
            }
        }
        #expect(error.code == .transactionState)
        #expect(try await rows(connection) == 0)
    }

    @Test("a transaction inside another is rejected")
    func nested() async throws {
        let connection = try await prepared()
        let error = try await failure {
            try await connection.transaction { connection in
                try connection.query(insert, 1)
                try connection.transaction { _ = try $0.query(insert, 2) }
            }
        }
        #expect(error.code == .transactionState)
        #expect(try await rows(connection) == 0)
    }

    @Test("a parameter and a result larger than every buffer on the way do not block")
    func large() async throws {
        let connection = try await Cluster.connect()
        let text = String(repeating: "x", count: 20_000_000)
        let result = try await connection.query(Statement("echo", "select $1 as value"), text)
        #expect(try result[0].decode("value") == text)
    }

    @Test("a script that changes a table does not break statements prepared before")
    func replanned() async throws {
        let connection = try await prepared()
        let all = Statement("all", "select * from t")
        try await connection.query(all)
        try await connection.run(script: "alter table t add column more text", named: "change")
        try await connection.query(all)
    }

    @Test("a statement can be used with parameters of different types")
    func otherTypes() async throws {
        let connection = try await Cluster.connect()
        let statement = Statement("either", "select $1::text as value")
        #expect(try await connection.query(statement, 1)[0].decode("value") == "1")
        #expect(try await connection.query(statement, "a")[0].decode("value") == "a")
        #expect(try await connection.query(statement, true)[0].decode("value") == "true")
        #expect(try await connection.query(statement, 2)[0].decode("value") == "2")
    }

    @Test(
        "a COPY is rejected with a clear error, and the connection stays usable",
        arguments: [
            "copy t from stdin", "copy t to stdout", "copy (select generate_series(1, 10000000)) to stdout",
            "copy t from stdin; copy t to stdout; copy t from stdin",
        ]
    )
    func copy(sql: String) async throws {
        let connection = try await prepared()
        let error = try await failure {
            if sql.contains(";") {
                try await connection.run(script: sql, named: "transfer")
            } else {
                try await connection.query(Statement("transfer", sql))
            }
        }
        #expect(error.code == .unsupported)
        #expect(error.description.contains("\"transfer\" is a COPY"))
        #expect(!error.isConnectionLoss)
        #expect(try await rows(connection) == 0)
    }
}
