import Foundation
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("A letter is complete, or the request waits")
struct ControllerTextsTests {
    private static let lacking: [String: String?] = ["DSR_CONTROLLER_PURPOSES": nil]

    @Test(
        "a request whose answer would lack a text waits and is named every night, and continues once the text is there"
    )
    func waits() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.makeCustomers(5)
            let rights: [(Right, String)] = [
                (.access, "customer-1"), (.portability, "customer-2"), (.rectification, "customer-3"),
                (.erasure, "customer-4"), (.access, "customer-5"),
            ]
            try await env.submit(rights)
            for _ in 1...2 {
                let run = try await env.dsr("run", setting: Self.lacking).expect(1)
                #expect(run.err.contains("2 requests wait for texts of the controller: "), "\(run.err)")
                #expect(run.err.contains("the configuration lacks controller.purposes; requests for access wait"))
                #expect(run.out.contains("the sums agree"))
                #expect(try await env.waitingFor() == ["controller_texts", "-", "-", "-", "controller_texts"])
            }
            #expect(await env.sandbox.requests().allSatisfy { !$0.target.contains("customer-1/") })
            #expect(try await env.count("select count(*) from dsr.reports where request_id in (1, 5)") == 0)
            let report = String(decoding: try #require(env.file("run-2.json")), as: UTF8.self)
            #expect(report.contains("controller_texts") && report.contains("controller.purposes"))
            #expect(try await env.dsr("requests", "show", "1").expect(0).out.contains("controller_texts, closed"))
            let forecast = try await env.dsr("run", "--dry-run", setting: Self.lacking).expect(0).out
            #expect(forecast.contains("texts in letters: PROBLEM: the configuration lacks controller.purposes"))

            try await env.dsr("run").expect(0)
            #expect(try await env.requests("state = 'completed'") == 5)
            #expect(try await env.requests("outcome = 'exported'") == 3)
            try await env.dsr("evidence", "verify").expect(0)
        }
    }

    @Test("a decision about a request that waits for texts opens nothing")
    func decision() async throws {
        let lacking = ["DSR_CONTROLLER_EVIDENCE_RETENTION": String?.none]
        try await TestEnvironment.withEvidence { env, _ in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            try await env.dsr("run", setting: lacking).expect(1)
            try await env.dsr(
                [
                    "requests", "hold", "--subject", "anna", "--ground", "e", "--law", "case 12", "--review-on",
                    "2099-01-01", "--ticket", "T-1",
                ]
            ).expect(0)
            #expect(try await env.waitingFor() == ["legal_hold"])
            try await env.dsr("requests", "release", "1", "--reason", "over").expect(0)
            try await env.dsr("run", setting: lacking).expect(1)
            #expect(try await env.waitingFor() == ["controller_texts"])
            #expect(await env.sandbox.hasProfile("anna"))
            try await env.dsr("run").expect(0)
            #expect(await !env.sandbox.hasProfile("anna"))
        }
    }

    @Test("an operator gets an export without a letter, and no erasure without its confirmation")
    func commands() async throws {
        let lacking = ["DSR_CONTROLLER_CONTACT": String?.none]
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            let export = try await env.dsr("export", "anna", "--output", "-", setting: lacking).expect(0)
            #expect(export.out.contains("anna"))
            #expect(export.err.contains("No letter was made: the configuration lacks controller.contact."))
            #expect(try await env.texts("select file_name as t from dsr.reports where request_id = 1").count == 1)
            // What waits in the queue still waits.
            try await env.submit(.access, "bert")
            try await env.dsr("run", setting: lacking).expect(1)
            try await env.dsr("export", "anna", "--output", "-", setting: lacking).expect(0)
            #expect(try await env.waitingFor()[1] == "controller_texts")
            let report = try await env.dsr("report", setting: lacking).expect(0).out
            #expect(
                report.contains("waiting for texts of the controller") && !report.contains("not written as files"),
                "\(report)"
            )
            let erase = ["erase", "anna", "--ticket", "T-1", "--yes"]
            let waiting = try await env.dsr(erase, setting: lacking).expect(1)
            #expect(waiting.err.contains("waits for controller_texts"), "\(waiting.err)")
            #expect(await env.sandbox.hasProfile("anna"))
        }
    }
}
