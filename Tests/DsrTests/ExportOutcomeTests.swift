import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("The outcomes of an access or portability request")
struct ExportOutcomeTests {
    @Test("an access request is answered with the API's bytes as they came, and a letter")
    func exported() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            let inventory = try await env.dsr("api", "inventory", "anna").expect(0).out.dropLast()
            try await env.submit(.access, "anna")

            try await env.dsr("run").expect(0)

            #expect(try await env.ending(of: 1) == "completed exported")
            let export = try #require(env.file("request-1-export.json"))
            #expect(export.range(of: Data(inventory.utf8)) != nil)
            #expect(try JSONSerialization.jsonObject(with: export) is [String: Any])
            let letter = try #require(env.file("request-1-letter.html"))
            #expect(String(decoding: letter, as: UTF8.self).contains("anna"))
            #expect(
                try await env.events(of: 1) == [
                    "received", "admitted", "claimed", "recorded", "delivered", "delivered",
                ]
            )
        }
    }

    @Test("a portability export leaves out what the customer did not provide, and lists what it leaves out")
    func portability() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.submit(.portability, "anna")
            try await env.dsr("run").expect(0)
            let export = String(decoding: try #require(env.file("request-1-export.json")), as: UTF8.self)
            #expect(export.contains("left_out"))
            #expect(!export.contains("FREESHIP"))
            #expect(export.contains("AUTUMN10"))
        }
    }

    @Test(
        "the file for the customer leaves out other people; the controller's copy is another file, if it is asked for"
    )
    func audiences() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.dsr(
                ["api", "create-referral", "--campaign", "1", "--advocate", "anna", "--friend", "friend@example.org"]
            ).expect(0)
            let files = ["a.json", "b.json"].map { env.folder + "/" + $0 }
            let first = try await env.dsr("export", "anna", "--output", files[0]).expect(0)
            #expect(first.err.contains("for the customer"))
            let second = try await env.dsr("export", "anna", "--output", files[1], "--for", "controller").expect(0)
            #expect(second.err.contains("for the controller"))
            let texts = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
            #expect(!texts[0].contains("friend@example.org") && texts[0].contains("left_out"))
            #expect(texts[1].contains("friend@example.org") && texts[1].contains("withheld_from_subject"))
            #expect(env.file("request-1-controller.json") == nil && env.file("request-2-controller.json") != nil)
            try await env.submit(.portability, "anna")
            try await env.dsr(["run"], setting: ["DSR_REPORTS_CONTROLLER_COPY": "true"]).expect(0)
            #expect(env.file("request-3-controller.json") != nil)
            let letter = String(decoding: try #require(env.file("request-3-letter.html")), as: UTF8.self)
            #expect(!letter.contains("controller.json"))
        }
    }

    @Test(
        "an unknown customer is no_data, in each way that a deployment may answer",
        arguments: [
            SandboxSettings.UnknownInventory.notFound, .emptyObject, .emptyProfile,
        ]
    )
    func noData(_ answer: SandboxSettings.UnknownInventory) async throws {
        var settings = SandboxSettings()
        settings.unknownProfileInventory = answer
        try await TestEnvironment.with(settings) { env in
            try await env.submit((.access, "nobody"), (.erasure, "none"))
            try await env.dsr("run").expect(0)
            #expect(try await env.ending(of: 1) == "completed no_data")
            #expect(try await env.ending(of: 2) == "completed no_data")
            #expect(await env.sandbox.counts().destructive["deleteCustomerData none"]?.received == 1)
            #expect(await env.sandbox.profileCount() == 0)
        }
    }
}
