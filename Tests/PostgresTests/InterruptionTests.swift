import Foundation
import Glibc
import Postgres
import TestEnvironment
import Testing

private let sleep = Statement("sleep", "select pg_sleep(60)")
private let one = Statement("one", "select 1 as one")

@Suite("Interruption and loss", .timeLimit(.minutes(5)))
struct InterruptionTests {
    @Test("cancel stops the statement on the server, and the connection stays usable")
    func cancel() async throws {
        let connection = try await Cluster.connect()
        let watcher = try await Cluster.connect()
        let processID = try await connection.processID()
        async let sleeping: PostgresError = failure { try await connection.query(sleep) }
        try await watcher.waitUntilRuns("select pg_sleep", on: processID)
        connection.cancel()
        let error = try await sleeping
        #expect(error.code == .cancelled)
        #expect(error.description == "statement \"sleep\" was cancelled")
        #expect(!error.isConnectionLoss)
        #expect(try await connection.query(one)[0].decode("one") == 1)
    }

    @Test("cancel has no effect on an idle connection")
    func cancelIdle() async throws {
        let connection = try await Cluster.connect()
        connection.cancel()
        #expect(try await connection.query(one)[0].decode("one") == 1)
        connection.cancel()
        #expect(try await connection.query(one)[0].decode("one") == 1)
    }

    @Test("a cancelled task stops its statement on the server")
    func taskCancelled() async throws {
        let connection = try await Cluster.connect()
        let watcher = try await Cluster.connect()
        let processID = try await connection.processID()
        let task = Task { try await failure { try await connection.query(sleep) } }
        try await watcher.waitUntilRuns("select pg_sleep", on: processID)
        task.cancel()
        #expect(try await task.value.code == .cancelled)
        #expect(try await connection.query(one)[0].decode("one") == 1)
    }

    @Test("a cancelled task sends nothing, and its open transaction is rolled back")
    func cancelledBefore() async throws {
        let connection = try await Cluster.connect()
        try await connection.run(script: "create temporary table t (n int8)", named: "schema")
        let task = Task {
            try await failure {
                try await connection.transaction { connection in
                    try connection.query(Statement("insert", "insert into t values (1)"))
                    withUnsafeCurrentTask { $0?.cancel() }
                    try connection.query(one)
                }
            }
        }
        let error = try await task.value
        #expect(error.code == .cancelled)
        #expect(error.description == "statement \"one\" was cancelled before it began")
        let count = try await connection.query(Statement("count", "select count(*) as n from t"))
        #expect(try count[0].decode("n") == 0)
    }

    @Test("a deadline stops the statement on the server, and the connection stays usable")
    func deadline() async throws {
        let connection = try await Cluster.connect()
        let error = try await failure { try await connection.query(sleep, deadline: .milliseconds(100)) }
        #expect(error.code == .timedOut)
        #expect(error.description == "statement \"sleep\" took longer than 0.1 seconds and was stopped")
        #expect(!error.isConnectionLoss)
        #expect(try await connection.query(one)[0].decode("one") == 1)
    }

    @Test("the configuration's deadline applies to queries and scripts that set none")
    func defaultDeadline() async throws {
        let connection = try await Cluster.connect(statementTimeout: .milliseconds(100))
        for call in [
            { try await connection.query(sleep) },
            { try await connection.run(script: "select 1; select pg_sleep(60)", named: "slow") },
        ] as [() async throws -> Void] {
            let error = try await failure(call)
            #expect(error.code == .timedOut)
            #expect(try await connection.query(one)[0].decode("one") == 1)
        }
    }

    @Test("if the server does not answer the request to stop, the connection is closed, and the error says so")
    func unanswered() async throws {
        let connection = try await Cluster.connect()
        let watcher = try await Cluster.connect()
        let processID = try await pid_t(connection.processID())
        // Long enough for SIGSTOP to come first, even on a busy machine.
        async let sleeping: PostgresError = failure { try await connection.query(sleep, deadline: .seconds(8)) }
        try await watcher.waitUntilRuns("select pg_sleep", on: Int(processID))
        try #require(kill(processID, SIGSTOP) == 0)
        let error = try await sleeping
        try #require(kill(processID, SIGCONT) == 0)
        #expect(error.code == .timedOut)
        #expect(error.isConnectionLoss)
        #expect(error.description.contains("the connection was closed"))
        #expect(await !connection.isOpen)
        try await connection.reconnect()
        #expect(try await connection.query(one)[0].decode("one") == 1)
    }

    @Test("a connection that the server closed reports it until it reconnects, and then prepares its statements again")
    func terminated() async throws {
        let connection = try await Cluster.connect()
        let killer = try await Cluster.connect()
        #expect(try await connection.query(one)[0].decode("one") == 1)
        let processID = try await connection.processID()
        try await killer.query(Statement("terminate", "select pg_terminate_backend($1::int8::int, 10000)"), processID)

        let lost = try await failure { try await connection.query(one) }
        #expect(lost.code == .connectionLost)
        #expect(lost.isConnectionLoss)
        #expect(await !connection.isOpen)
        #expect(try await failure { try await connection.query(one) }.code == .connectionLost)
        try await connection.reconnect()
        #expect(await connection.isOpen)
        #expect(try await connection.query(one)[0].decode("one") == 1)
    }

    @Test("the server ends an idle transaction, so that nothing waits for its locks")
    func idleTransaction() async throws {
        var configuration = PostgresConfiguration(connectionString: try await Cluster.connectionString())
        configuration.idleInTransactionTimeout = .milliseconds(100)
        let connection = try await PostgresConnection.connect(configuration)
        let watcher = try await Cluster.connect()
        let processID = try await connection.processID()
        let look = Statement("look", "select count(*) as n from pg_stat_activity where pid = $1")
        let gone = DispatchSemaphore(value: 0)
        async let isGone = {
            defer { gone.signal() }
            try await waitUntil("the server has ended the connection") {
                try await watcher.query(look, processID)[0].decode("n", as: Int.self) == 0
            }
        }()
        let error = try await failure {
            try await connection.transaction { connection in
                _ = try connection.query(one)
                gone.wait()
                _ = try connection.query(one)
            }
        }
        try await isGone
        #expect(error.isConnectionLoss)
        try await connection.reconnect()
        #expect(try await connection.transaction { try $0.query(one)[0].decode("one") } == 1)
    }

    @Test("a statement whose connection is closed by the server reports the reason")
    func terminatedWhileRunning() async throws {
        let connection = try await Cluster.connect()
        let killer = try await Cluster.connect()
        let processID = try await connection.processID()
        async let sleeping: PostgresError = failure {
            try await connection.transaction { _ = try $0.query(sleep) }
        }
        try await killer.waitUntilRuns("select pg_sleep", on: processID)
        try await killer.query(Statement("terminate", "select pg_terminate_backend($1::int8::int)"), processID)
        let error = try await sleeping
        #expect(error.code == .connectionLost)
        #expect(error.sqlState == "57P01")
        #expect(error.statement == "sleep")
        #expect(error.description.contains("terminating connection due to administrator command (57P01)"))
        try await connection.reconnect()
        #expect(try await connection.query(one)[0].decode("one") == 1)
    }
}
