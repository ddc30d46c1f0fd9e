import Foundation
import TalonOneSandbox
import TestHouse
import Testing

@Suite("After an erasure, through the binary")
struct ReturnTests {
    @Test("after a restore, whom we erased is erased again from a list of identifiers, once, and nobody else")
    func replay() async throws {
        try await House.withEvidence { house, _ in
            let since = Date().addingTimeInterval(-60).formatted(.iso8601)
            for name in ["anna", "bob", "cleo"] { try await house.makeCustomer(name) }
            for name in ["anna", "bob"] { try await house.dsr("erase", name, "--ticket", "T-1", "--yes").expect(0) }
            try await house.dsr("submit", "access", "anna").expect(0)
            try await house.dsr("run").expect(0)
            // Talon.One is restored: all three are there.
            for name in ["anna", "bob"] { try await house.makeCustomer(name) }

            let list = house.folder + "/ids"
            let ids = "anna\r\ncleo\nnobody\n\n..\n" + String(repeating: "x", count: 100_000) + "\nanna"
            try Data(ids.utf8).write(to: URL(filePath: list))
            let words = ["replay", "--since", since, "--ids", list, "--ticket", "T-2"]
            let ended = try await house.dsr(words).expect(1)
            #expect(ended.out.contains("Erased since then: 1 of the given customers. Erasures added to the queue: 1."))
            #expect(ended.err.contains("not valid identifiers: 2"))
            #expect(ended.err.contains("1 customer erased since then is not in the list"))
            #expect(await house.sandbox.hasProfile("anna") == false)
            #expect(await house.sandbox.hasProfile("bob"))
            #expect(await house.sandbox.hasProfile("cleo"))

            let again = try await house.dsr(
                "replay",
                "--since",
                since,
                "--ids",
                "-",
                "--ticket",
                "T-2",
                input: "bob\nanna\n"
            )
            #expect(
                try again.expect(0).out.contains(
                    "Erased since then: 2 of the given customers. Erasures added to the queue: 1"
                )
            )
            #expect(await house.sandbox.hasProfile("bob") == false)
            let once = try await house.dsr(
                "replay",
                "--since",
                since,
                "--ids",
                "-",
                "--ticket",
                "T-2",
                input: "bob\nanna\n"
            )
            #expect(try once.expect(0).out.contains("Erasures added to the queue: 0"))
            let deletions = await house.sandbox.counts().destructive.filter { $0.key.hasPrefix("deleteCustomerData ") }
            #expect(deletions.mapValues(\.received) == ["deleteCustomerData anna": 2, "deleteCustomerData bob": 2])
            #expect(try await !house.dump().contains("anna"))
            try await house.dsr("evidence", "verify").expect(0)
        }
    }

    @Test("a replay heeds a hold, and needs a list, an instant, a ticket and the key")
    func replayGuards() async throws {
        try await House.withEvidence { house, _ in
            let since = Date().addingTimeInterval(-60).formatted(.iso8601)
            try await house.makeCustomer("anna")
            try await house.dsr("erase", "anna", "--ticket", "T-1", "--yes").expect(0)
            try await house.makeCustomer("anna")
            try await house.dsr(
                [
                    "requests", "hold", "--subject", "anna", "--ground", "e", "--law", "case 12", "--review-on",
                    "2099-01-01",
                    "--ticket", "T-1",
                ]
            ).expect(0)
            let words = ["replay", "--since", since, "--ids", "-", "--ticket", "T-2"]
            try await house.dsr("replay", "--since", since, "--ids", "-", "--ticket", "T-2", input: "anna\n").expect(0)
            #expect(await house.sandbox.hasProfile("anna"))
            #expect(
                try await house.texts("select waiting_for as t from dsr.subject_requests where id = 2") == [
                    "legal_hold"
                ]
            )

            try await house.dsr("replay", "--since", "2099-01-01T00:00:00Z", "--ids", "-", "--ticket", "T-2").expect(64)
            try await house.dsr("replay", "--since", since, "--ids", "/nonexistent", "--ticket", "T-2").expect(64)
            try await house.dsr("replay", "--since", since, "--ids", "-").expect(64)
            var without = house.environment
            without["DSR_SUBJECT_KEY_FILE"] = nil
            try await House.run(words, without).expect(78)
        }
    }

    @Test("who is back some days after an erasure is an incident, and the identifier is kept for that look only")
    func reappearance() async throws {
        try await House.with(environment: ["DSR_REAPPEARANCE_DAYS": "14"]) { house in
            for name in ["anna", "bob"] { try await house.makeCustomer(name) }
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna'), ('erasure', 'bob'), ('erasure', 'nobody')"
            )
            try await house.dsr("run").expect(0)
            let confirmation = String(decoding: try #require(house.file("request-1-confirmation.html")), as: UTF8.self)
            #expect(confirmation.contains("Your identifier, for at most 30 days"))
            #expect(try await house.count("select count(*) from dsr.reappearance_checks") == 2)
            #expect(
                try await house.count(
                    "select count(*) from dsr.reappearance_checks where drop_at - due_at between interval '15 days' and interval '17 days'"
                ) == 2
            )
            // A late event of the shop brings Anna back; two weeks pass.
            try await house.makeCustomer("anna")
            try await house.sql("update dsr.reappearance_checks set due_at = now()")
            let ended = try await house.dsr("run").expect(1)
            #expect(ended.out.contains("erased customers who reappeared: 1"))
            #expect(
                try await house.texts("select integration_id as t from dsr.reappearance_checks order by request_id")
                    == [
                        "anna", "-",
                    ]
            )
            #expect(try await house.dsr("incidents", "list").expect(0).out.contains("profile: attributes"))
            try await house.dsr("incidents", "close", "1").expect(64)
            #expect(
                try await house.dsr("incidents", "close", "1", "--erase", "--ticket", "T-1").expect(0).out
                    .contains("Request 4 is pending.")
            )
            #expect(try await house.dsr("incidents", "close", "1", "--ticket", "T-1").expect(0).out.contains("before"))
            try await house.dsr("run", setting: ["DSR_REAPPEARANCE_DAYS": nil]).expect(0)
            #expect(try await house.ending(of: 4) == "completed erased")
            #expect(try await !house.dump().contains("anna"))
        }
    }
}
