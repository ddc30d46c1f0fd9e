import SubjectRequests
import TestEnvironment
import Testing

@Suite("The signing of the evidence")
struct SigningTests {
    @Test("a long run signs several checkpoints, each consistent with the one before")
    func checkpointsDuringRun() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.submit(.access, customers: 1...200)
            try await env.dsr("run", setting: ["DSR_EVIDENCE_RESULTS_PER_CHECKPOINT": "50"]).expect(0)
            let checkpoints = try await env.count("select count(*) from dsr.evidence_checkpoints")
            #expect(checkpoints >= 3)
            #expect(try keys.checkpointFiles().count == checkpoints)
            try await env.dsr("evidence", "verify").expect(0)
        }
    }

    @Test("a lost key stops the signing and no request, and the log entries are signed later")
    func lostKey() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.submit(.access, "a")
            let ended = try await env.dsr("run", setting: ["DSR_EVIDENCE_KEY_FILE": env.folder + "/lost"]).expect(1)
            #expect(ended.err.contains("names a file that does not exist"))
            #expect(ended.err.contains("wait for the next checkpoint"))
            #expect(try await env.ending(of: 1) == "completed no_data")
            #expect(try await env.dsr("evidence", "verify").expect(0).out.contains("0 checkpoints in the database"))
            try await env.dsr("evidence", "checkpoint").expect(0)
            #expect(try await env.dsr("evidence", "verify").expect(0).out.contains(" 0 not signed yet"))

            // Another key is another log.
            try await TestEnvironment.run(["evidence", "key", env.folder + "/other", "--name", "dsr.test/log"], [:])
                .expect(0)
            try await env.submit(.access, "b")
            let other = try await env.dsr("run", setting: ["DSR_EVIDENCE_KEY_FILE": env.folder + "/other"]).expect(
                1
            )
            #expect(other.err.contains("another log's key"))
        }
    }

    @Test("a rewritten log is not signed, and requests are still answered")
    func rewrittenLog() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.answer("a")
            try await env.tamper("delete from dsr.evidence_tiles; delete from dsr.evidence_checkpoints")
            try await env.submit(.access, "b")
            let ended = try await env.dsr("run").expect(1)
            #expect(ended.err.contains("Signing is stopped"))
            #expect(try await env.ending(of: 2) == "completed no_data")
            #expect(try await env.count("select count(*) from dsr.evidence_checkpoints") == 0)
        }
    }
}
