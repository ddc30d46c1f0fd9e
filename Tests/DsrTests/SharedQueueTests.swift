import Foundation
import TalonOneSandbox
import TestHouse
import Testing

@Suite("One queue, several runs")
struct SharedQueueTests {
    @Test("two runs at once over 2,000 mixed requests: each erasure sent once, every row final, the log gapless")
    func twoRuns() async throws {
        try await House.with { house in
            try await house.makeCustomers(400)
            // Five requests for each of 400 customers: the older ones first, the erasure last.
            try await house.sql(
                """
                insert into dsr.subject_requests (kind, integration_id, changes)
                select kind, 'customer-' || n,
                       case kind when 'rectification' then '{"City": "Elsewhere"}'::jsonb end
                from generate_series(1, 400) n
                cross join unnest(array['erasure', 'access', 'portability', 'rectification', 'access']) as kind
                """
            )

            async let first = house.dsr("run", "--json")
            async let second = house.dsr("run", "--json")
            let ended = try await [first, second]

            for run in ended { try run.expect(0) }
            #expect(
                try await house.count("select count(*) from dsr.subject_requests where state = 'completed'") == 2_000
            )
            #expect(
                try await house.count(
                    "select count(*) from dsr.subject_requests where kind = 'erasure' and outcome = 'erased'"
                )
                    == 400
            )
            let destructive = await house.sandbox.counts().destructive.filter {
                $0.key.hasPrefix("deleteCustomerData ")
            }
            #expect(destructive.count == 400)
            #expect(destructive.allSatisfy { $0.value.received == 1 && $0.value.acted == 1 })

            #expect(try await house.count("select count(*) - 1 - max(index) from dsr.evidence_leaves") == 0)
            #expect(
                try await house.count(
                    """
                    select count(*) from dsr.evidence_leaves join dsr.evidence_payloads using (index)
                    where leaf_hash <> sha256('\\x00'::bytea || payload)
                    """
                ) == 0
            )
            // What a person wants to see was answered before what they want gone.
            #expect(
                try await house.count(
                    """
                    select count(*) from dsr.subject_requests e join dsr.subject_requests a
                      on (e.id - 1) / 5 = (a.id - 1) / 5 and e.kind = 'erasure' and a.kind <> 'erasure'
                    where a.finished_at > e.finished_at
                    """
                ) == 0
            )
            // Both reports balance, and together the two runs did everything once.
            let reports = try ended.map { try JSONSerialization.jsonObject(with: Data($0.out.utf8)) as? [String: Any] }
            let done = try reports.map { report in
                #expect(report?["balances"] as? Bool == true)
                return try #require(report?["completed"] as? [String: Int]).values.reduce(0, +)
            }
            #expect(done.reduce(0, +) == 2_000)
            #expect(done.allSatisfy { $0 > 0 })
        }
    }

    @Test("what a dead run held comes back, and an erasure among it is read before it is sent again")
    func rescue() async throws {
        try await House.with { house in
            try await house.makeCustomer("anna")
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'anna')")
            await house.sandbox.install(
                SandboxFault(.dropAfterActing, match: SandboxMatch(operation: "deleteCustomerData"))
            )
            await house.sandbox.install(
                SandboxFault(
                    .hang,
                    match: SandboxMatch(operation: "getCustomerInventory", identifier: "anna"),
                    after: 1
                )
            )
            try await house.killRun(
                when: SandboxMatch(operation: "getCustomerInventory", identifier: "anna"),
                number: 2
            )
            #expect(try await house.ending(of: 1) == "running -")

            await house.sandbox.clearFaults()
            try await house.sql("update dsr.runs set lease_until = clock_timestamp() - interval '1 second'")
            try await house.dsr("run").expect(0)

            #expect(try await house.ending(of: 1) == "completed already_absent")
            #expect(await house.sandbox.counts().destructive["deleteCustomerData anna"]?.received == 1)
            #expect(try await house.events(of: 1).contains("lease_lost"))
        }
    }

    @Test("SIGTERM lets calls in flight finish, gives back the rest, and the sums agree")
    func terminated() async throws {
        try await House.with(environment: ["DSR_CONCURRENCY": "2"]) { house in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'c' || n from generate_series(1, 50) n"
            )
            await house.sandbox.install(
                SandboxFault(.hang, match: SandboxMatch(operation: "getCustomerInventory"), count: 2, after: 3)
            )
            let ended = try await house.terminateRun(afterInventory: 5)
            try ended.expect(0)
            #expect(ended.out.contains("stopped by a signal"))
            #expect(ended.out.contains("the sums agree"))
            #expect(try await house.count("select count(*) from dsr.subject_requests where state = 'running'") == 0)
            #expect(try await house.count("select count(*) from dsr.subject_requests where state = 'pending'") > 0)
            try await house.dsr("run").expect(0)
            #expect(try await house.count("select count(*) from dsr.subject_requests where state <> 'completed'") == 0)
        }
    }
}
