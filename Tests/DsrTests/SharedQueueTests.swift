import Foundation
import SubjectRequests
import Subprocess
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Several runs share one queue")
struct SharedQueueTests {
    private static let readingAnna = SandboxMatch(operation: "getCustomerInventory", identifier: "anna")

    @Test("two runs at once answer 2,000 mixed requests, send each erasure once, and leave a log without gaps")
    func twoRuns() async throws {
        try await TestEnvironment.with(environment: ["DSR_BRAKE_SPIKE_FACTOR": "0"]) { env in
            try await env.makeCustomers(400)
            // The erasure comes first, and is carried out last.
            try await env.submit(
                .erasure,
                .access,
                .portability,
                .rectification,
                .access,
                customers: 1...400
            )

            async let first = env.dsr("run", "--json")
            async let second = env.dsr("run", "--json")
            let ended = try await [first, second]

            for run in ended { try run.expect(0) }
            #expect(try await env.requests("state = 'completed'") == 2_000)
            #expect(try await env.requests("kind = 'erasure' and outcome = 'erased'") == 400)
            let destructive = await env.sandbox.counts().destructive.filter {
                $0.key.hasPrefix("deleteCustomerData ")
            }
            #expect(destructive.count == 400)
            #expect(destructive.allSatisfy { $0.value.received == 1 && $0.value.acted == 1 })

            #expect(try await env.count("select count(*) - 1 - max(index) from dsr.evidence_leaves") == 0)
            #expect(
                try await env.count(
                    """
                    select count(*) from dsr.evidence_leaves join dsr.evidence_payloads using (index)
                    where leaf_hash <> sha256('\\x00'::bytea || payload)
                    """
                ) == 0
            )
            // Each customer's erasure came after the customer's other requests.
            #expect(
                try await env.count(
                    """
                    select count(*) from dsr.subject_requests e join dsr.subject_requests a
                      on (e.id - 1) / 5 = (a.id - 1) / 5 and e.kind = 'erasure' and a.kind <> 'erasure'
                    where a.finished_at > e.finished_at
                    """
                ) == 0
            )
            // The sums of both reports agree, and together the two runs did everything once.
            let reports = try ended.map { try JSONSerialization.jsonObject(with: Data($0.out.utf8)) as? [String: Any] }
            let done = try reports.map { report in
                #expect(report?["balances"] as? Bool == true)
                return try #require(report?["completed"] as? [String: Int]).values.reduce(0, +)
            }
            #expect(done.reduce(0, +) == 2_000)
            #expect(done.allSatisfy { $0 > 0 })
        }
    }

    @Test("the next run takes over what a crashed run held, and reads an erasure back before it sends it again")
    func rescue() async throws {
        try await TestEnvironment.with { env in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            await env.sandbox.install(
                SandboxFault(.dropAfterActing, match: SandboxMatch(operation: "deleteCustomerData"))
            )
            await env.sandbox.install(
                SandboxFault(.hang, match: Self.readingAnna, after: 1)
            )
            try await env.running { child in
                try await env.received(Self.readingAnna, number: 2)
                try child.send(.kill)
            }
            #expect(try await env.ending(of: 1) == "running -")

            await env.sandbox.clearFaults()
            try await env.expireLeases()
            try await env.dsr("run").expect(0)

            #expect(try await env.ending(of: 1) == "completed already_absent")
            #expect(await env.sandbox.counts().destructive["deleteCustomerData anna"]?.received == 1)
            #expect(try await env.events(of: 1).contains("lease_lost"))
        }
    }

    @Test("on SIGTERM calls in flight finish, the other claims are given back, and the sums agree")
    func terminated() async throws {
        try await TestEnvironment.with(environment: ["DSR_CONCURRENCY": "2"]) { env in
            try await env.submit(.access, customers: 1...50)
            await env.sandbox.install(
                SandboxFault(.hang, match: SandboxMatch(operation: "getCustomerInventory"), count: 2, after: 3)
            )
            let ended = try await env.running { child in
                try await env.received(SandboxMatch(operation: "getCustomerInventory"), number: 5)
                try child.send(.terminate)
                await env.sandbox.clearFaults()
            }
            try ended.expect(0)
            #expect(ended.out.contains("stopped by a signal"))
            #expect(ended.out.contains("the sums agree"))
            #expect(try await env.requests("state = 'running'") == 0)
            #expect(try await env.requests("state = 'pending'") > 0)
            try await env.dsr("run").expect(0)
            #expect(try await env.requests("state <> 'completed'") == 0)
        }
    }
}
