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
            // An empty profile may be a customer of whom only the row is known, so it counts as one.
            let isShell = answer == .emptyProfile
            #expect(try await env.ending(of: 1) == (isShell ? "completed exported" : "completed no_data"))
            #expect(try await env.ending(of: 2) == (isShell ? "completed erased" : "completed no_data"))
            #expect((await env.sandbox.counts().operations["deleteCustomerData"] != nil) == isShell)
            #expect(await env.sandbox.profileCount() == 0)
        }
    }
}
