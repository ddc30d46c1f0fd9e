import Foundation
import SubjectRequests
import Subprocess
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("A run that answers no one says so")
struct RetryTests {
    @Test("answers that cannot be read: exit code 75, and the summary has reason, count and next try")
    func allRetried() async throws {
        let environment = ["DSR_RETRY_WAIT_SECONDS": "600", "DSR_TIME_ZONE": "Europe/Berlin"]
        try await TestEnvironment.with(environment: environment) { env in
            await env.sandbox.install(
                SandboxFault(.invalidUTF8, match: SandboxMatch(operation: "getCustomerInventory"), after: 1)
            )
            try await env.submit(.access, customers: 1...12)
            let run = try await env.dsr("run").expect(75)
            let line = try #require(run.out.split(separator: "\n").first { $0.contains("will be retried") })
            #expect(
                line.wholeMatch(
                    of: /.*will be retried: 12 \(getCustomerInventory: .+\), next try (\d{4}-\d\d-\d\d )?\d\d:\d\d/
                ) != nil,
                "\(line)"
            )
            #expect(run.err.contains("no request was answered: 12 requests failed and will be retried"))
            let report = String(decoding: try #require(env.file("run-1.json")), as: UTF8.self)
            #expect(report.contains(#""count":12"#) || report.contains(#""count": 12"#), "\(report)")
        }
    }

    @Test("where one request was answered, the others are listed, and the run is not in vain")
    func someRetried() async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_WAIT_SECONDS": "600"]) { env in
            await env.sandbox.install(SandboxFault(.invalidUTF8, match: SandboxMatch(identifier: "customer-1")))
            await env.sandbox.install(
                SandboxFault(
                    .status(code: 500),
                    match: SandboxMatch(operation: "getCustomerInventory", identifier: "customer-2")
                )
            )
            try await env.submit(.access, customers: 1...3)
            let run = try await env.dsr("run").expect(0)
            #expect(run.out.split(separator: "\n").count { $0.contains("will be retried: 1 (") } == 2, "\(run.out)")
        }
    }

    @Test(
        "one reason that keeps a quarter of the requests from an answer: exit code 75, with the numbers",
        arguments: [3, 2]
    )
    func oneReason(_ failing: Int) async throws {
        try await TestEnvironment.with(environment: ["DSR_RETRY_WAIT_SECONDS": "600"]) { env in
            for number in 1...failing {
                await env.sandbox.install(
                    SandboxFault(.invalidUTF8, match: SandboxMatch(identifier: "customer-\(number)"))
                )
            }
            try await env.submit(.access, customers: 1...12)
            let run = try await env.dsr("run").expect(failing == 3 ? 75 : 0)
            #expect(
                run.err.contains("3 of 12 requests failed for the same reason and will be retried: ") == (failing == 3)
            )
        }
    }

    @Test("an export that was stopped before an answer is not done: exit code 75")
    func single() async throws {
        try await TestEnvironment.with(environment: ["DSR_GRACE_SECONDS": "0"]) { env in
            await env.sandbox.install(SandboxFault(.hang, match: SandboxMatch(identifier: "customer-1")))
            let export = try await env.running(["export", "customer-1", "--output", "-"]) { child in
                try await env.received(SandboxMatch(identifier: "customer-1"))
                try child.send(.terminate)
            }
            #expect(try export.expect(75).err.contains("request 1 was not answered and will be retried"))
            #expect(export.out.isEmpty)
        }
    }

    @Test("a night without requests is done")
    func nothingToDo() async throws {
        try await TestEnvironment.with { env in
            let run = try await env.dsr("run").expect(0)
            #expect(!run.out.contains("will be retried"))
        }
    }
}
