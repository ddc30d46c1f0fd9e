import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Customers who reappear after their erasure")
struct ReturnTests {
    @Test("after a restore of Talon.One, replay erases the erased customers on a list again, once, and no others")
    func replay() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            let since = Date().addingTimeInterval(-60).formatted(.iso8601)
            for name in ["anna", "bob", "cleo"] { try await env.makeCustomer(name) }
            let backup = await env.sandbox.backup()
            for name in ["anna", "bob"] { try await env.dsr("erase", name, "--ticket", "T-1", "--yes").expect(0) }
            try await env.dsr("submit", "access", "anna").expect(0)
            try await env.dsr("run").expect(0)
            // Talon.One is restored from a backup of before the erasures.
            await env.sandbox.restore(backup)

            let list = env.folder + "/ids"
            let ids = "anna\r\ncleo\nnobody\n\n..\n" + String(repeating: "x", count: 100_000) + "\nanna"
            try Data(ids.utf8).write(to: URL(filePath: list))
            let words = ["replay", "--since", since, "--ids", list, "--ticket", "T-2"]
            let ended = try await env.dsr(words).expect(1)
            #expect(ended.out.contains("Erased since then: 1 of the given customers. Erasures added to the queue: 1."))
            #expect(ended.err.contains("not valid identifiers: 2"))
            #expect(ended.err.contains("1 customer erased since then is not in the list"))
            #expect(await env.sandbox.hasProfile("anna") == false)
            #expect(await env.sandbox.hasProfile("bob"))
            #expect(await env.sandbox.hasProfile("cleo"))

            let wordsFromInput = ["replay", "--since", since, "--ids", "-", "--ticket", "T-2"]
            let again = try await env.dsr(wordsFromInput, input: "bob\nanna\n")
            #expect(
                try again.expect(0).out.contains(
                    "Erased since then: 2 of the given customers. Erasures added to the queue: 1"
                )
            )
            #expect(await env.sandbox.hasProfile("bob") == false)
            let once = try await env.dsr(wordsFromInput, input: "bob\nanna\n")
            #expect(try once.expect(0).out.contains("Erasures added to the queue: 0"))
            let deletions = await env.sandbox.counts().destructive.filter { $0.key.hasPrefix("deleteCustomerData ") }
            #expect(deletions.mapValues(\.received) == ["deleteCustomerData anna": 2, "deleteCustomerData bob": 2])
            #expect(try await !env.dump().contains("anna"))
            try await env.dsr("evidence", "verify").expect(0)
        }
    }

    @Test("a replay respects legal holds, and needs a list, an instant, a ticket and the subject key")
    func replayGuards() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            let since = Date().addingTimeInterval(-60).formatted(.iso8601)
            try await env.makeCustomer("anna")
            try await env.dsr("erase", "anna", "--ticket", "T-1", "--yes").expect(0)
            try await env.makeCustomer("anna")
            try await env.dsr(
                [
                    "requests", "hold", "--subject", "anna", "--ground", "e", "--law", "case 12", "--review-on",
                    "2099-01-01",
                    "--ticket", "T-1",
                ]
            ).expect(0)
            let words = ["replay", "--since", since, "--ids", "-", "--ticket", "T-2"]
            try await env.dsr(words, input: "anna\n").expect(0)
            #expect(await env.sandbox.hasProfile("anna"))
            #expect(try await env.waitingFor() == ["-", "legal_hold"])

            try await env.dsr("replay", "--since", "2099-01-01T00:00:00Z", "--ids", "-", "--ticket", "T-2").expect(64)
            try await env.dsr("replay", "--since", since, "--ids", "/nonexistent", "--ticket", "T-2").expect(64)
            try await env.dsr("replay", "--since", since, "--ids", "-").expect(64)
            var without = env.variables
            without["DSR_SUBJECT_KEY_FILE"] = nil
            try await TestEnvironment.run(words, without).expect(78)
        }
    }

    @Test("an erased customer who reappears is an incident, and the identifier is kept for that recheck only")
    func reappearance() async throws {
        try await TestEnvironment.with(environment: ["DSR_REAPPEARANCE_DAYS": "14"]) { env in
            for name in ["anna", "bob"] { try await env.makeCustomer(name) }
            try await env.submit((.erasure, "anna"), (.erasure, "bob"), (.erasure, "nobody"))
            try await env.dsr("run").expect(0)
            let confirmation = String(decoding: try #require(env.file("request-1-confirmation.html")), as: UTF8.self)
            #expect(confirmation.contains("Your identifier, for at most 30 days"))
            #expect(try await env.count("select count(*) from dsr.rechecks") == 2)
            #expect(
                try await env.count(
                    "select count(*) from dsr.rechecks where drop_at - due_at between interval '15 days' and interval '17 days'"
                ) == 2
            )
            // A late event of the shop brings Anna back; two weeks pass.
            try await env.dsr("api", "track-event", "viewed", "--profile", "anna", "--session", "s").expect(0)
            try await env.sql("update dsr.rechecks set due_at = now()")
            let ended = try await env.dsr("run").expect(1)
            #expect(ended.out.contains("erased customers who reappeared: 1"))
            #expect(
                try await env.texts("select integration_id as t from dsr.rechecks order by request_id")
                    == [
                        "anna", "-",
                    ]
            )
            #expect(try await env.dsr("incidents", "list").expect(0).out.contains("profile: dates"))
            try await env.dsr("incidents", "close", "1").expect(64)
            #expect(
                try await env.dsr("incidents", "close", "1", "--erase", "--ticket", "T-1").expect(0).out
                    .contains("Request 4 is pending.")
            )
            #expect(try await env.dsr("incidents", "close", "1", "--ticket", "T-1").expect(0).out.contains("before"))
            try await env.dsr("run", setting: ["DSR_REAPPEARANCE_DAYS": nil]).expect(0)
            #expect(try await env.ending(of: 4) == "completed erased")
            #expect(try await !env.dump().contains("anna"))
        }
    }

    @Test(
        "a customer who registered anew after the erasure is not erased by a replay, and an operator settles it",
        arguments: [SandboxSettings.AfterDelete.gone, .hollow]
    )
    func registeredAnew(_ afterDelete: SandboxSettings.AfterDelete) async throws {
        var settings = SandboxSettings()
        settings.afterDelete = afterDelete
        try await TestEnvironment.withEvidence(settings) { env, _ in
            let since = Date().addingTimeInterval(-60).formatted(.iso8601)
            try await env.makeCustomer("anna")
            try await env.dsr("erase", "anna", "--ticket", "T-1", "--yes").expect(0)
            try await env.makeCustomer("anna")
            let words = ["replay", "--since", since, "--ids", "-", "--ticket", "T-2"]
            let ended = try await env.dsr(words, input: "anna\n").expect(1)
            #expect(
                ended.out.contains("registered_anew: Nothing was deleted: the customer registered anew"),
                "\(ended.out)"
            )
            #expect(try await env.ending(of: 2) == "failed registered_anew")
            #expect(await env.sandbox.hasProfile("anna"))
            #expect(await env.sandbox.counts().destructive["deleteCustomerData anna"]?.received == 1)
            try await env.dsr("run").expect(1)
            try await env.dsr("requests", "cancel", "2", "--ticket", "T-3").expect(0)
            try await env.dsr("run").expect(0)
            // A request of the new customer is carried out.
            try await env.dsr("erase", "anna", "--ticket", "T-4", "--yes").expect(0)
            #expect(await env.sandbox.counts().destructive["deleteCustomerData anna"]?.acted == 2)
            try await env.dsr("evidence", "verify").expect(0)
        }
    }

    @Test("an incident's erasure does not apply to a customer who registered anew either")
    func incidentOfNewCustomer() async throws {
        try await TestEnvironment.with(environment: ["DSR_REAPPEARANCE_DAYS": "14"]) { env in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            try await env.makeCustomer("anna")
            try await env.sql("update dsr.rechecks set due_at = now()")
            try await env.dsr("run").expect(1)
            try await env.dsr("incidents", "close", "1", "--erase", "--ticket", "T-1").expect(0)
            try await env.dsr("run").expect(1)
            #expect(try await env.ending(of: 2) == "failed registered_anew")
            #expect(await env.sandbox.hasProfile("anna"))
        }
    }

    @Test("a replay reaches back no further than backups are kept")
    func replayBound() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            let words = ["replay", "--since", "1970-01-01T00:00:00Z", "--ids", "-", "--ticket", "T-1"]
            let refused = try await env.dsr(words).expect(64)
            #expect(refused.err.contains("--since is more than 30 days ago"))
            #expect(refused.err.contains("DSR_REPLAY_MAXIMUM_DAYS"))
            let before = Date().addingTimeInterval(-50 * 86_400).formatted(.iso8601)
            let recent = ["replay", "--since", before, "--ids", "-", "--ticket", "T-1"]
            try await env.dsr(recent).expect(64)
            try await env.dsr(recent, setting: ["DSR_REPLAY_MAXIMUM_DAYS": "60"]).expect(0)
        }
    }
}
