import Postgres
import Store
import SubjectRequests
import TestEnvironment
import Testing
import ThrowawayPostgres

@testable import Processor

@Suite("Lease keeper", .timeLimit(.minutes(5)))
struct LeaseKeeperTests {
    /// What becomes of the connection to the database while the run holds its lease.
    enum Loss: CaseIterable {
        case refused, deaf
    }

    @Test("the heartbeat gives up when its lease has expired, although no server says so", arguments: Loss.allCases)
    func expires(_ loss: Loss) async throws {
        let postgres = try await ThrowawayPostgres.start()
        let proxy = try await PostgresProxy.start(before: postgres)
        let through = PostgresConfiguration(
            connectionString: proxy.connectionString(for: postgres.connectionString),
            // Long enough for a busy machine; a connection that is deaf is given up after it.
            connectTimeout: .seconds(20)
        )
        try await Store.connect(through).closing(after: { store in
            _ = try await store.migrate()
            let lease = Duration.seconds(2)
            let identity = RunIdentity(host: "h", processID: 1, version: "1", environment: .sandbox, actor: "cron")
            let sent = ContinuousClock.now
            let run = try await store.beginRun(identity, lease: lease).run
            let keeper = LeaseKeeper(run: run, duration: lease, takenAt: sent)
            let shutdown = Shutdown()
            switch loss {
            case .refused:
                await proxy.setRefusing(true)
                await proxy.cutAll()
            case .deaf: await proxy.setDeaf(true)
            }
            // Ends by itself.
            await keeper.renew(with: store, shutdown: shutdown)
            #expect(shutdown.end == .leaseLost && !keeper.isValid)
            #expect(ContinuousClock.now - sent >= lease)
        })
        await proxy.stop()
    }
}
