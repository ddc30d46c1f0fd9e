import Foundation
import Postgres
import Synchronization
import TestEnvironment
import Testing

@Suite("Threads", .timeLimit(.minutes(5)))
struct ThreadTests {
    @Test("each connection runs on its own thread")
    func ownThread() async throws {
        let connections = try await (Cluster.connect(), Cluster.connect())
        let first = try await connections.0.transaction { _ in Thread.current.hash }
        let second = try await connections.1.transaction { _ in Thread.current.hash }
        #expect(try await connections.0.transaction { _ in Thread.current.hash } == first)
        #expect(first != second)
    }

    @Test("connections wait in parallel, and Swift's cooperative threads stay free")
    func parallel() async throws {
        let connections = try await withThrowingTaskGroup(of: PostgresConnection.self) { group in
            for _ in 0..<8 { group.addTask { try await Cluster.connect() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let watcher = try await Cluster.connect()
        let waiting = Statement(
            "waiting",
            "select count(*) as n from pg_locks where locktype = 'advisory' and objid = 4711 and not granted"
        )
        // All eight wait for a lock that is released only after all of them were seen waiting.
        try await watcher.query(Statement("lock", "select pg_advisory_lock(4711)"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in connections {
                group.addTask {
                    try await connection.query(Statement("wait", "select pg_advisory_lock_shared(4711)"))
                }
            }
            try await waitUntil("all eight wait") { try await watcher.query(waiting)[0].decode("n", as: Int.self) == 8 }
            // Tasks that have nothing to do with Postgres go on meanwhile.
            let done = await withTaskGroup(of: Int.self) { tasks in
                for number in 0..<100 { tasks.addTask { number } }
                return await tasks.reduce(0, +)
            }
            #expect(done == 4950)
            try await watcher.query(Statement("unlock", "select pg_advisory_unlock(4711)"))
            try await group.waitForAll()
        }
    }

    @Test("a connection leaves no descriptors and no threads behind, closed or deallocated")
    func leaks() async throws {
        // In a separate process, where nothing else opens or closes descriptors.
        await #expect(processExitsWith: .success) { [string = try await Cluster.connectionString() as String] in
            let configuration = PostgresConfiguration.unhurried(string)
            let one = Statement("one", "select 1 as one")
            func useAndLeave(closing: Bool) async throws {
                let connection = try await PostgresConnection.connect(configuration)
                try await connection.query(one)
                if closing {
                    await connection.close()
                    await connection.close()
                    #expect(await !connection.isOpen)
                    #expect(try await failure { try await connection.query(one) }.code == .connectionLost)
                }
            }
            func count(_ what: String) throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(what)").count
            }
            // The first connection also creates what the process keeps: OpenSSL's files, the pool's threads.
            try await useAndLeave(closing: true)
            try await waitUntil("fewer than 20 threads") { try count("task") < 20 }
            let (descriptors, threads) = try (count("fd"), count("task"))
            for number in 0..<200 {
                try await useAndLeave(closing: number.isMultiple(of: 2))
            }
            try await waitUntil("all descriptors are closed") { try count("fd") <= descriptors }
            // The pool may have grown to its size meanwhile; 200 threads would stand out.
            try await waitUntil("all threads have ended") { try count("task") <= threads + 8 }
        }
    }
}
