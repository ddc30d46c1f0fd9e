import TestHouse
import Testing
import ThrowawayPostgres

@Suite("The proxy, before it is trusted")
struct ProxyTests {
    @Test("it passes a whole run on, and sees each commit by its statement's name")
    func transparent() async throws {
        let postgres = try await ThrowawayPostgres.start()
        try await House.with(on: postgres) { house in
            let proxy = try await PostgresProxy.start(before: postgres)
            try await house.makeCustomer("anna")
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna'), ('access', 'bob')"
            )
            let through = ["DSR_DATABASE_URL": proxy.connectionString(for: house.database)]
            try await house.dsr(["run"], setting: through).expect(0)
            #expect(try await house.ending(of: 1) == "completed erased")
            let commits = await proxy.commits()
            for statement in [
                "begin a run", "rescue requests", "admit requests", "claim requests", "announce calls",
                "record results",
                "mark documents delivered", "end a run",
            ] {
                #expect(commits[statement, default: 0] > 0, "\(statement): \(commits)")
            }
            await proxy.stop()
        }
        await postgres.stop()
    }
}
