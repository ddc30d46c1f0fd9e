import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

@Suite("Retention of the evidence")
struct RetentionTests {
    @Test("pruned payloads are gone, their hashes and old receipts stay valid, and open requests lose nothing")
    func prune() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.answer("a")
            let receipt = try await env.receipt(of: 1)
            try await env.submit(.access, "open")
            await env.sandbox.install(SandboxFault(.status(code: 503), match: SandboxMatch(identifier: "open")))
            try await env.dsr("run", setting: ["DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_WAIT_SECONDS": "3600"])
                .expect(75)
            let first = try await env.count("select min(index) from dsr.evidence_leaves where request_id = 2")
            // As if all entries before that request were old enough.
            try await env.script(
                """
                create or replace function dsr.test_prune() returns bigint language sql as
                $$ select dsr.prune_evidence(\(first), 'R-1', 'test') $$;
                select dsr.test_prune();
                """
            )
            try await env.dsr("evidence", "checkpoint").expect(0)

            let verified = try await env.dsr("evidence", "verify").expect(0)
            #expect(verified.out.contains("\(first) with deleted contents"))
            try await TestEnvironment.check(receipt, key: keys.log).expect(0)
            #expect(
                try await env.dsr("evidence", "receipt", "1", "--output", "-").expect(1).err.contains("retention")
            )
            #expect(
                try await env.dsr("evidence", "prune", "--before", "2020-01-01", "--reason", "R-1").expect(0).out
                    .contains("Deleted the contents of 0 log entries")
            )
            try await env.dsr("evidence", "prune", "--before", "2999-01-01", "--reason", "R-1").expect(64)
        }
    }
}
