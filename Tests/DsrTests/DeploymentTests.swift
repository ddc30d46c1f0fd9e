import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("The queue belongs to one environment on one host")
struct DeploymentTests {
    @Test("a queue that a run has answered for live is not answered by the sandbox, by any command that acts")
    func otherEnvironment() async throws {
        var live = SandboxSettings()
        live.environment = "live"
        try await TestEnvironment.withEvidence(live) { env, _ in
            try await env.makeCustomers(3)
            let host = env.server.baseURL.replacing("http://", with: "")
            let onLive: [String: String?] = ["TALON_ONE_ENVIRONMENT": "live"]
            let first = try await env.dsr("run", setting: onLive).expect(0)
            #expect(first.err.contains("Environment: live at \(host)\n"))

            try await env.submit(.erasure, customers: 1...3)
            try await env.dsr("requests", "list").expect(0)
            let calls = await env.sandbox.counts()
            for words in [
                ["run"], ["run", "--dry-run"], ["export", "customer-1", "--output", env.folder + "/x"],
                ["erase", "customer-1", "--ticket", "T-1", "--yes"],
                ["replay", "--since", "2020-01-01T00:00:00Z", "--ids", "/dev/null", "--ticket", "T-1"],
                ["requests", "approve", "1", "--subject", "customer-1", "--ticket", "T-1"],
                ["requests", "cancel", "1", "--ticket", "T-1"],
                ["reports", "deliver"], ["incidents", "close", "1", "--ticket", "T-1"],
            ] {
                let refused = try await env.dsr(words, setting: ["TALON_ONE_ENVIRONMENT": "sandbox"]).expect(78)
                #expect(refused.err.contains("Environment: sandbox at \(host)\n"), "\(words)")
                #expect(refused.err.contains("the queue belongs to live at \(host)"), "\(words)")
                #expect(refused.err.contains("dsr migrate --repin --ticket"), "\(words)")
            }
            #expect(await env.sandbox.counts() == calls)
            #expect(try await env.requests("state = 'pending'") == 3)
            #expect(try await env.count("select count(*) from dsr.runs") == 1)

            try await env.dsr("run", setting: onLive).expect(0)
            #expect(try await env.requests("outcome = 'erased'") == 3)
        }
    }

    @Test("another host is another deployment, and the key is not sent to it")
    func otherHost() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("run").expect(0)
            let calls = await env.sandbox.counts()
            let other = env.server.baseURL.replacing("127.0.0.1", with: "localhost")
            let refused = try await env.dsr("run", setting: ["TALON_ONE_BASE_URL": other]).expect(78)
            #expect(refused.err.contains("the configuration says sandbox at localhost"))
            #expect(await env.sandbox.counts() == calls)
        }
    }

    @Test("a first run that cannot use the API pins nothing")
    func refusedKey() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("run", setting: ["TALON_ONE_API_KEY": "wrong", "TALON_ONE_ENVIRONMENT": "live"]).expect(
                77
            )
            try await env.dsr("run").expect(0)
        }
    }

    @Test("migrate pins the queue before the first run, and moves it with a ticket, which the evidence has")
    func migrate() async throws {
        try await TestEnvironment.with { env in
            try await env.dsr("migrate", "--repin").expect(64)
            try await env.dsr("migrate", "--ticket", "T-1").expect(64)
            try await env.dsr("migrate", "--status", "--environment", "live").expect(64)
            #expect(try await env.dsr("migrate", "--status").expect(0).out.contains("belongs to no environment yet"))
            let pinned = try await env.dsr("migrate", "--environment", "live", "--host", "Shop.Example.com").expect(0)
            let id = try await env.databaseID()
            #expect(pinned.out.contains("Database \(id) belongs to live at shop.example.com."))
            try await env.dsr("migrate", "--environment", "live", "--host", "shop.example.com.").expect(0)
            try await env.dsr("migrate", "--environment", "sandbox").expect(78)
            try await env.dsr("run").expect(78)

            try await env.dsr("migrate", "--repin", "--ticket", "two words").expect(64)
            try await env.dsr("migrate", "--repin", "--ticket", "T-1").expect(0)
            try await env.dsr("migrate", "--repin", "--ticket", "T-2").expect(0)
            try await env.dsr("run").expect(0)
            let entries = try await env.texts(
                """
                select (e ->> 'ticket') || ': ' || (e ->> 'reason') || ' by ' || (e ->> 'environment') as t
                from (select convert_from(payload, 'UTF8')::json from dsr.evidence_payloads) as x (e)
                where e ->> 'event' = 'repinned'
                """
            )
            let host = env.server.baseURL.replacing("http://", with: "")
            #expect(entries == ["T-1: from live at shop.example.com to sandbox at \(host) by sandbox"])
        }
    }

    @Test("the queue is not moved under a run that is at work")
    func atWork() async throws {
        try await TestEnvironment.with { env in
            try await env.sql(
                """
                insert into dsr.runs (host, pid, version, environment, actor, lease_until)
                values ('h', 1, '1', 'sandbox', 'a', now() + interval '1 hour')
                """
            )
            let move = ["migrate", "--repin", "--environment", "live", "--ticket", "T-1"]
            #expect(try await env.dsr(move).expect(78).err.contains("run 1 is at work"))
            try await env.expireLeases()
            try await env.dsr(move).expect(0)
        }
    }

    @Test(
        "profiles of the other environment stop the run before anything is recorded, deleted or sent",
        arguments: [("live", "sandbox"), ("sandbox", "live")]
    )
    func contradiction(configured: String, actual: String) async throws {
        var settings = SandboxSettings()
        settings.environment = actual
        try await TestEnvironment.with(settings, environment: ["TALON_ONE_ENVIRONMENT": configured]) { env in
            try await env.makeCustomers(5)
            try await env.submit(
                (.access, "customer-1"),
                (.portability, "customer-2"),
                (.rectification, "customer-3"),
                (.erasure, "customer-4")
            )
            let next = await env.nextRequest()
            let stopped = try await env.dsr("run").expect(78)
            #expect(stopped.err.contains("the credentials belong to \(actual)"))
            #expect(try await env.requests("state = 'pending' and outcome is null and failures = 0") == 4)
            #expect(try await env.count("select count(*) from dsr.reports where request_id is not null") == 0)
            #expect(await env.sandbox.counts().destructive.isEmpty)
            let sent = await env.sandbox.requests().filter { $0.number >= next }.map(\.method)
            #expect(Set(sent) == ["GET"])
            try await env.dsr("erase", "customer-5", "--ticket", "T-1", "--yes").expect(78)
        }
    }

    @Test("a customer whom the API does not know is not told so by a run that is in the other environment")
    func contradictionBesideAbsence() async throws {
        try await TestEnvironment.with(
            environment: ["TALON_ONE_ENVIRONMENT": "live", "DSR_CONCURRENCY": "1"]
        ) { env in
            try await env.makeCustomers(1)
            try await env.submit((.access, "customer-1"), (.erasure, "nobody"))
            try await env.dsr("run").expect(78)
            #expect(try await env.requests("state = 'pending'") == 2)
        }
    }
}
