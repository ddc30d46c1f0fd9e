import SubjectRequests
import Subprocess
import TalonOneSandbox
import TestEnvironment
import Testing

/// A request that kills each run that works on it.
@Suite("A request kills its run again and again", .takesTurns, .timeLimit(.minutes(30)))
struct PoisonTests {
    private static let poison = SandboxMatch(operation: "getCustomerInventory", identifier: "poison")

    @Test("it costs three runs, of which the last works on it alone, and then needs action")
    func poison() async throws {
        try await TestEnvironment.withEvidence(on: try await FaultServer.shared, environment: ["DSR_CONCURRENCY": "4"])
        {
            env,
            _ in
            try await env.submit((1...12).map { (.access, $0 == 3 ? "poison" : "customer-\($0)") })
            let invariants = try await Invariants(env)
            await env.sandbox.install(SandboxFault(.hang, match: Self.poison))
            for loss in 1...3 {
                let first = await env.nextRequest()
                let killed = try await env.running { child in
                    try await env.received(Self.poison, from: first)
                    if loss == 3 {
                        // It is alone, and requests that have not cost two runs were answered before.
                        #expect(
                            try await env.texts(
                                "select id::text as t from dsr.subject_requests where state = 'running'"
                            ) == ["3"]
                        )
                        #expect(try await env.requests("state <> 'completed' and crashed_runs < 2") == 0)
                    }
                    try child.send(.kill)
                }
                #expect(killed.code == -9)
                try await env.expireLeases()
            }
            // The fourth run does not touch it, and says so.
            let ended = try await env.dsr("run").expect(1)
            #expect(
                ended.out.contains("the sums agree") && ended.err.contains("1 request needs action: 3;"),
                "\(ended.err)"
            )
            #expect(try await env.ending(of: 3) == "failed -")
            #expect(
                try await env.texts("select reason as t from dsr.subject_requests where id = 3")[0].contains("3 runs")
            )
            #expect(try await env.events(of: 3).last == "set_aside")
            #expect(try await env.requests("state = 'completed'") == 11)

            // An operator has found the cause.
            await env.sandbox.clearFaults()
            try await env.dsr("requests", "retry", "3", "--ticket", "T-1").expect(0)
            try await env.dsr("run").expect(0)
            try await invariants.expectAll()
        }
    }

    @Test(
        "an answer that cannot be read or stored fails its own request, and all others are answered",
        arguments: [
            .invalidUTF8, .garbage, .hugeBody(mebibytes: 4), .endlessBody,
            .status(code: 200, body: #"{"profile": "#), .status(code: 200, body: "null"),
            .status(code: 200, body: "[]"),
            .status(code: 200, body: ""), .status(code: 200, body: String(repeating: "[", count: 5_000)),
        ] as [SandboxFault.Behaviour]
    )
    func unstorable(_ behaviour: SandboxFault.Behaviour) async throws {
        let environment = ["DSR_CALL_MAXIMUM_BODY_MEBIBYTES": "1", "DSR_CALL_TIMEOUT_SECONDS": "2"]
        try await TestEnvironment.withEvidence(on: try await FaultServer.shared, environment: environment) { env, _ in
            try await env.makeCustomers(8)
            let customers = (1...8).map { $0 == 5 ? "poison" : "customer-\($0)" }
            try await env.submit(customers.flatMap { [(.erasure, $0), (.access, $0)] })
            await env.sandbox.install(SandboxFault(behaviour, match: Self.poison))
            try await env.dsr("run").expect(1)
            #expect(try await env.requests("state = 'completed'") == 14)
            #expect(try await env.requests("state in ('running', 'refused')") == 0)
            #expect(await env.sandbox.counts().destructive["deleteCustomerData poison"] == nil)
        }
    }

    @Test("an answer that Postgres cannot store as text is kept byte for byte")
    func unusualText() async throws {
        try await TestEnvironment.withEvidence(on: try await FaultServer.shared) { env, _ in
            let body =
                #"{"profile": {"attributes": {"Name": "\u0000 \ud83d\ude00"}}, "referrals": [], "coupons": [], "#
                + #""loyalty": null, "giveaways": [], "achievements": []}"#
            try await env.submit(.access, "poison")
            await env.sandbox.install(SandboxFault(.status(code: 200, body: body), match: Self.poison))
            try await env.dsr("run").expect(0)
            let name = try await env.texts(
                "select file_name as t from dsr.reports where media_type = 'application/json' and request_id = 1"
            )
            #expect(
                env.file(name.first ?? "").map { String(decoding: $0, as: UTF8.self) }?.contains(
                    #"\u0000 \ud83d\ude00"#
                ) == true
            )
        }
    }
}
