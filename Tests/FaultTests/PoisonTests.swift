import Foundation
import Subprocess
import TalonOneSandbox
import TestHouse
import Testing
import ThrowawayPostgres

/// A request that takes down whoever works it.
@Suite("A request kills its run, again and again", .takesTurns, .timeLimit(.minutes(30)))
struct PoisonTests {
    private static let postgres = Task { try await ThrowawayPostgres.start() }
    private static let poison = SandboxMatch(operation: "getCustomerInventory", identifier: "poison")

    @Test("it costs three runs and no more, the last of which works it alone, and then waits for a person")
    func poison() async throws {
        try await House.withEvidence(on: try await Self.postgres.value, environment: ["DSR_CONCURRENCY": "4"]) {
            house,
            _ in
            try await house.sql(
                """
                insert into dsr.subject_requests (kind, integration_id)
                select 'access', case n when 3 then 'poison' else 'c' || n end from generate_series(1, 12) n
                """
            )
            let invariants = try await Invariants(house)
            await house.sandbox.install(SandboxFault(.hang, match: Self.poison))
            for loss in 1...3 {
                let before = await house.sandbox.requests().last?.number ?? -1
                let killed = try await house.running { child in
                    _ = try await house.sandbox.waitForRequest(matching: Self.poison, from: before + 1)
                    if loss == 3 {
                        // It is alone, and whoever has not cost two runs was answered before.
                        #expect(
                            try await house.texts(
                                "select id::text as t from dsr.subject_requests where state = 'running'"
                            ) == ["3"]
                        )
                        #expect(
                            try await house.count(
                                "select count(*) from dsr.subject_requests where state <> 'completed' and losses < 2"
                            ) == 0
                        )
                    }
                    try child.send(.kill)
                }
                #expect(killed.code == -9)
                try await house.sql(
                    "update dsr.runs set lease_until = clock_timestamp() - interval '1 second' where ended_at is null"
                )
            }
            // The fourth run does not touch it, and says so.
            let ended = try await house.dsr("run").expect(1)
            #expect(
                ended.out.contains("the sums agree") && ended.err.contains("1 request needs action: 3;"),
                "\(ended.err)"
            )
            #expect(try await house.ending(of: 3) == "failed -")
            #expect(
                try await house.texts("select reason as t from dsr.subject_requests where id = 3")[0].contains("3 runs")
            )
            #expect(try await house.events(of: 3).last == "set_aside")
            #expect(try await house.count("select count(*) from dsr.subject_requests where state = 'completed'") == 11)

            // A person has found out what it was.
            await house.sandbox.clearFaults()
            try await house.dsr("requests", "retry", "3", "--ticket", "T-1").expect(0)
            try await house.dsr("run").expect(0)
            let (findings, _) = try await invariants.check()
            #expect(findings == [])
        }
    }

    /// What nobody can read, in the answer of one customer out of many.
    @Test(
        "an answer that nobody can read or store fails its own request, and all others are answered",
        arguments: [
            .invalidUTF8, .garbage, .hugeBody(mebibytes: 4), .endlessBody,
            .status(code: 200, body: #"{"profile": "#), .status(code: 200, body: "null"),
            .status(code: 200, body: "[]"),
            .status(code: 200, body: ""), .status(code: 200, body: String(repeating: "[", count: 5_000)),
        ] as [SandboxFault.Behaviour]
    )
    func unstorable(_ behaviour: SandboxFault.Behaviour) async throws {
        let environment = ["DSR_CALL_MAXIMUM_BODY_MEBIBYTES": "1", "DSR_CALL_TIMEOUT_SECONDS": "2"]
        try await House.withEvidence(on: try await Self.postgres.value, environment: environment) { house, _ in
            try await house.makeCustomers(8)
            try await house.sql(
                """
                insert into dsr.subject_requests (kind, integration_id)
                select kind, case n when 5 then 'poison' else 'customer-' || n end
                from generate_series(1, 8) n cross join unnest(array['erasure', 'access']) kind
                """
            )
            await house.sandbox.install(SandboxFault(behaviour, match: Self.poison))
            try await house.dsr("run").expect(1)
            #expect(
                try await house.count("select count(*) from dsr.subject_requests where state = 'completed'") == 14
            )
            #expect(
                try await house.count("select count(*) from dsr.subject_requests where state in ('running', 'refused')")
                    == 0
            )
            #expect(await house.sandbox.counts().destructive["deleteCustomerData poison"] == nil)
        }
    }

    @Test("an answer that Postgres cannot hold as text is kept as it came")
    func unusualText() async throws {
        try await House.withEvidence(on: try await Self.postgres.value) { house, _ in
            let body = #"{"profile": {"attributes": {"Name": "\u0000 \ud83d\ude00"}}}"#
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('access', 'poison')")
            await house.sandbox.install(SandboxFault(.status(code: 200, body: body), match: Self.poison))
            try await house.dsr("run").expect(0)
            let name = try await house.texts(
                "select file_name as t from dsr.reports where media_type = 'application/json' and request_id = 1"
            )
            #expect(
                house.file(name.first ?? "").map { String(decoding: $0, as: UTF8.self) }?.contains(
                    #"\u0000 \ud83d\ude00"#
                ) == true
            )
        }
    }
}
