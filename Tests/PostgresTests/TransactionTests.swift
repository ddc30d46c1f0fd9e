import Foundation
import Postgres
import Testing

private let insert = Statement("insert", "insert into t values ($1)")
private let count = Statement("count", "select count(*) as n from t")

private struct Stop: Error {}

@Suite("Transactions, pipelines and copies")
struct TransactionTests {
    private func prepared() async throws -> PostgresConnection {
        let connection = try await Cluster.connect()
        try await connection.run(script: "create temporary table t (n int8 primary key)", named: "schema")
        return connection
    }

    private func rows(_ connection: PostgresConnection) async throws -> Int {
        try await connection.query(count)[0].decode("n")
    }

    @Test("a transaction commits what its body did, and returns what it returned")
    func commits() async throws {
        let connection = try await prepared()
        let changed = try await connection.transaction { connection in
            try connection.query(insert, 1)
            return try connection.query(insert, 2).affectedRows
        }
        #expect(changed == 1)
        #expect(try await rows(connection) == 2)
    }

    @Test("a transaction whose body throws leaves nothing behind, and the connection usable")
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

    @Test("a transaction that ignores a failed statement does not pretend to have committed")
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

    @Test("a transaction inside another is refused")
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

    @Test("a pipeline gives a result for each statement, prepared or not")
    func pipeline() async throws {
        let connection = try await prepared()
        for start in [0, 100] {
            let items = (start..<start + 100).map { (insert, [$0] as [any PostgresEncodable]) }
            let results = try await connection.pipeline(items + [(count, [])])
            #expect(results.dropLast().allSatisfy { $0.affectedRows == 1 })
            #expect(try results[100][0].decode("n", as: Int.self) == start + 100)
        }
        #expect(try await connection.pipeline([]).isEmpty)
    }

    @Test("a pipeline takes effect as a whole or not at all, and names the statement that failed")
    func pipelineAborts() async throws {
        let connection = try await prepared()
        let twice = Statement("insert twice", "insert into t values ($1), ($1)")
        let error = try await failure {
            _ = try await connection.pipeline([(insert, [1]), (insert, [2]), (twice, [3]), (count, []), (insert, [4])])
        }
        #expect(error.sqlState == "23505")
        #expect(error.statement == "insert twice")
        #expect(try await rows(connection) == 0)
        #expect(try await connection.pipeline([(insert, [1]), (count, [])])[1][0].decode("n") == 1)
    }

    @Test("a pipeline larger than every buffer on the way does not block")
    func largePipeline() async throws {
        let connection = try await Cluster.connect()
        let echo = Statement("echo", "select $1 as value")
        let text = String(repeating: "x", count: 100_000)
        let results = try await connection.pipeline((0..<200).map { _ in (echo, [text]) })
        #expect(results.count == 200)
        #expect(try results.allSatisfy { try $0[0].decode("value") == text })
    }

    @Test("a script that changes a table does not break the statements that read it")
    func replanned() async throws {
        let connection = try await prepared()
        let all = Statement("all", "select * from t")
        try await connection.query(all)
        try await connection.run(script: "alter table t add column more text", named: "change")
        try await connection.query(all)
    }

    @Test("the same statement takes parameters of other types")
    func otherTypes() async throws {
        let connection = try await Cluster.connect()
        let statement = Statement("either", "select $1::text as value")
        #expect(try await connection.query(statement, 1)[0].decode("value") == "1")
        #expect(try await connection.query(statement, "a")[0].decode("value") == "a")
        #expect(try await connection.query(statement, true)[0].decode("value") == "true")
        #expect(try await connection.query(statement, 2)[0].decode("value") == "2")
    }

    @Test("copies carry many rows both ways")
    func copies() async throws {
        let connection = try await prepared()
        let rows = (0..<50_000).lazy.map { Data("\($0)\n".utf8) }
        let into = Statement("load", "copy t from stdin")
        #expect(try await connection.copyIn(into, rows: rows) == 50_000)
        let received = try await connection.transaction { connection in
            var sum = 0
            let copied = try connection.copyOut(Statement("dump", "copy (select n from t order by n) to stdout")) {
                row in
                sum += Int(String(decoding: row, as: UTF8.self).dropLast()) ?? 0
            }
            return [copied, sum]
        }
        #expect(received == [50_000, 50_000 * 49_999 / 2])
    }

    @Test("a refused row ends a copy with nothing copied, and is not quoted")
    func copyRefused() async throws {
        let connection = try await prepared()
        let error = try await failure {
            let rows = (0..<20_000).lazy.map { Data(($0 == 100 ? "jane\n" : "\($0)\n").utf8) }
            _ = try await connection.copyIn(Statement("load", "copy t from stdin"), rows: rows)
        }
        #expect(error.sqlState == "22P02")
        #expect(!error.description.contains("jane"))
        #expect(try await self.rows(connection) == 0)
    }

    @Test("a copy out ends when its reader has had enough")
    func copyStopped() async throws {
        let connection = try await Cluster.connect()
        let dump = Statement("dump", "copy (select generate_series(1, 10000000)) to stdout")
        let rows = Mutable(0)
        await #expect(throws: Stop.self) {
            _ = try await connection.copyOut(dump) { _ in
                rows.value += 1
                if rows.value == 10 { throw Stop() }
            }
        }
        #expect(rows.value == 10)
        #expect(try await connection.query(Statement("one", "select 1 as one"))[0].decode("one") == 1)
    }

    @Test("statements that copy, and those that do not, are kept apart")
    func copyState() async throws {
        let connection = try await prepared()
        let into = Statement("load", "copy t from stdin")
        let out = Statement("dump", "copy t to stdout")
        for call in [
            { _ = try await connection.query(into) }, { _ = try await connection.query(out) },
            { _ = try await connection.copyOut(into) { _ in } }, { _ = try await connection.copyIn(out, rows: []) },
            { _ = try await connection.copyIn(count, rows: []) },
            { try await connection.run(script: "\(into.sql); \(out.sql); \(into.sql)", named: "load") },
        ] as [() async throws -> Void] {
            let error = try await failure(call)
            #expect(error.code == .copyState)
            #expect(try await rows(connection) == 0)
        }
    }
}
