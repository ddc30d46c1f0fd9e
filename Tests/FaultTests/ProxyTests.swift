import SubjectRequests
import TestEnvironment
import Testing
import ThrowawayPostgres

@Suite("The proxy of the fault tests")
struct ProxyTests {
    @Test("it passes a whole run through, and sees each commit by the name of its statement")
    func transparent() async throws {
        let postgres = try await ThrowawayPostgres.start()
        try await TestEnvironment.with(on: postgres) { env in
            let proxy = try await PostgresProxy.start(before: postgres)
            try await env.makeCustomer("anna")
            try await env.submit((.erasure, "anna"), (.access, "bob"))
            try await env.dsr(["run"], setting: proxy.variables(for: env)).expect(0)
            #expect(try await env.ending(of: 1) == "completed erased")
            let commits = await proxy.commits()
            for statement in [
                "begin a run", "rescue requests", "admit requests", "claim requests", "announce API requests",
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
