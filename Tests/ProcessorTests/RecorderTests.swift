import Crypto
import Foundation
import Postgres
import Store
import SubjectRequests
import Testing
import ThrowawayPostgres

@testable import Processor

@Suite("Recorder", .timeLimit(.minutes(5)))
struct RecorderTests {
    @Test("a result that Postgres cannot store fails its own request, with its failures, and the rest is recorded")
    func poison() async throws {
        try await Self.withClaimed(40) { store, recorder, claimed in
            let poisoned: Set<Int64> = [7, 23]
            let database = try await store.deployment().databaseID
            let accepted = try await recorder.record(
                claimed.map { request in
                    let name =
                        poisoned.contains(request.id) ? "a\u{0}b" : "\(database)-request-\(request.id)-export.json"
                    let document = Document(
                        fileName: name,
                        mediaType: "application/json",
                        sha256: Data(SHA256.hash(data: Data("{}".utf8))),
                        content: Data("{}".utf8)
                    )
                    return request.completed(.exported([document]))
                }
            )
            #expect(accepted == claimed.map { _ in true })
            let failed = try await store.requests(state: .failed, limit: 100)
            #expect(Set(failed.map(\.id)) == poisoned)
            #expect(failed.allSatisfy { $0.reason?.contains("cannot be stored") == true && $0.outcome == nil })
            #expect(failed.map(\.failures) == [0, 3])
            #expect(try await store.requests(state: .completed, limit: 100).count == 38)
        }
    }

    @Test("requests that go back at a shutdown go back in few commits, not one by one")
    func givenBack() async throws {
        try await Self.withClaimed(300) { store, recorder, claimed in
            let accepted = try await recorder.record(claimed.map { $0.returned() })
            #expect(accepted.count == 300 && accepted.allSatisfy { $0 })
            #expect(try await store.requests(state: .pending, limit: 1_000).count == 300)
        } check: { connection in
            let commits = try await connection.query(
                Statement("count commits", "select count(distinct xmin::text) as n from dsr.subject_requests")
            )
            #expect(try commits[0].decode("n", as: Int.self) <= 4)
        }
    }

    /// A store with claimed access requests, of which number 23 has failed three times.
    private static func withClaimed(
        _ count: Int,
        _ body: (Store, Recorder, [SubjectRequest]) async throws -> Void,
        check: (PostgresConnection) async throws -> Void = { _ in }
    ) async throws {
        let postgres = try await ThrowawayPostgres.start()
        let configuration = PostgresConfiguration(connectionString: postgres.connectionString)
        try await Store.withConnection(configuration) { store in
            _ = try await store.migrate()
            let connection = try await PostgresConnection.connect(configuration)
            let identity = RunIdentity(
                host: "h",
                processID: 1,
                version: "1",
                environment: .sandbox,
                actor: "test",
                scope: .all
            )
            let run = try await store.beginRun(identity, lease: .seconds(600)).run
            for number in 1...count {
                _ = try await store.submit(Submission(right: .access, subject: SubjectID("c\(number)")))
            }
            let shutdown = Shutdown()
            let reconnecting = ReconnectingStore(store, patience: .zero, shutdown: shutdown)
            let context = RunContext(
                run: run,
                databaseID: "d7f3a2",
                deployment: Deployment(environment: .sandbox, host: "127.0.0.1"),
                scope: .all,
                settings: ProcessorSettings(environment: .sandbox, version: "1", host: "h", actor: "test"),
                store: reconnecting,
                lease: LeaseKeeper(run: run, duration: .seconds(60), takenAt: .now),
                shutdown: shutdown
            )
            let counts = try await QueueAdmission(context).admit()
            #expect(counts.ready == count)
            try await connection.query(
                Statement("fail", "update dsr.subject_requests set failures = 3 where id = 23")
            )
            let claimed = try await store.claim(ClaimQuery(limit: count, scope: .all), run: run).requests
            #expect(claimed.count == count)
            try await body(store, Recorder(store: reconnecting, run: run), claimed)
            try await check(connection)
            await connection.close()
        }
        await postgres.stop()
    }
}
