import Foundation
import SubjectRequests
import TestEnvironment
import Testing

@Suite("Ways out: a restored database, a replaced key")
struct RecoveryTests {
    /// Sets the database back to fewer log entries, as a restore from a backup does.
    private static func restore(_ env: TestEnvironment, to size: Int) async throws {
        try await env.tamper(
            """
            delete from dsr.evidence_checkpoints where size > \(size);
            delete from dsr.evidence_tiles where (index * 256 + width) << (8 * level) > \(size);
            delete from dsr.evidence_leaves where index >= \(size);
            delete from dsr.evidence_payloads where index >= \(size);
            update dsr.evidence_head set size = \(size);
            delete from dsr.reports where run_id > 1; delete from dsr.request_salts where request_id > 1;
            delete from dsr.subject_requests where id > 1; delete from dsr.runs where id > 1;
            update dsr.evidence_head set requests_closed = 1, requests_running = 0
            """
        )
    }

    @Test("after a restore of the database a break is adopted, exactly as the log names it")
    func restoredDatabase() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.answer("a")
            let size = try await env.count("select size from dsr.evidence_head")
            for name in ["b", "c"] { try await env.answer(name) }
            let before = try keys.checkpointFiles()
            #expect(before.count == 3)
            try await Self.restore(env, to: size)
            try await env.submit(.access, "d")
            let run = try await env.dsr("run").expect(1)
            #expect(run.err.contains("'dsr evidence adopt'") && run.err.contains("was not signed"))

            let adopted = try await env.dsr("evidence", "adopt", "--ticket", "INC-7").expect(0)
            #expect(adopted.out.contains("database and files agree up to entry \(size)"))
            #expect(adopted.out.contains("2 abandoned checkpoints"))
            let verify = try await env.dsr("evidence", "verify").expect(0)
            #expect(verify.out.contains("from entry \(size) on, checkpoints were abandoned"))
            #expect(verify.out.contains("ticket INC-7"))
            try await env.answer("e")
            try await env.dsr("evidence", "verify").expect(0)

            // Moved aside, and not deleted.
            let folder = try #require(
                keys.checkpointFiles().first { ($0 as NSString).lastPathComponent.hasPrefix("abandoned-") }
            )
            let aside = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(aside == before.dropFirst().map { ($0 as NSString).lastPathComponent })

            // Nothing but what the log names may be set aside, and all of that must stay.
            let first = try #require(before.first)
            try FileManager.default.copyItem(atPath: first, toPath: folder + "/0000000000000001.checkpoint")
            #expect(try await env.dsr("evidence", "verify").expect(1).out.contains("was set aside, but no log entry"))
            try FileManager.default.removeItem(atPath: folder + "/0000000000000001.checkpoint")
            try FileManager.default.removeItem(atPath: folder + "/" + (aside.first ?? ""))
            #expect(try await env.dsr("evidence", "verify").expect(1).out.contains("is missing among the files"))
        }
    }

    @Test("a log that was rewritten cannot be adopted")
    func rewrittenLog() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.answer("a")
            try await env.answer("b")
            let files = try keys.checkpointFiles()
            try await env.tamper(
                """
                update dsr.evidence_payloads set payload = convert_to(replace(convert_from(payload, 'UTF8'), 'no_data', 'exported'), 'UTF8');
                update dsr.evidence_leaves l set leaf_hash = sha256('\\x00'::bytea || p.payload) from dsr.evidence_payloads p where p.index = l.index;
                delete from dsr.evidence_tiles; delete from dsr.evidence_checkpoints
                """
            )
            // The operator signs the rewritten log without the files.
            try await env.dsr("evidence", "checkpoint", setting: ["DSR_EVIDENCE_DIRECTORY": nil]).expect(0)
            let adopted = try await env.dsr("evidence", "adopt", "--ticket", "T-1").expect(1)
            #expect(adopted.err.contains("its history was rewritten"))
            #expect(try keys.checkpointFiles() == files)
        }
    }

    @Test("a new key takes over the log with the signature of the old one")
    func replacedKey() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.answer("a")
            let receipt = try await env.receipt(of: 1)
            let (old, new) = (keys.logFile, env.folder + "/new.key")
            let made = try await env.dsr("evidence", "key", new, "--replaces", old).expect(0)
            let key = made.out.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(key.hasPrefix("dsr.test/log+") && key != keys.log)
            let file = try #require(keys.checkpointFiles().last)
            let last = try #require(FileManager.default.contents(atPath: file))
            #expect(String(decoding: last, as: UTF8.self).components(separatedBy: "— dsr.test/log ").count == 3)

            // The old key does not sign any more; the new one does, and finds the old one in the log.
            try await env.submit(.access, "b")
            #expect(try await env.dsr("run").expect(1).err.contains("was replaced at log entry"))
            let setting: [String: String?] = ["DSR_EVIDENCE_KEY_FILE": new]
            try await env.dsr("run", setting: setting).expect(0)
            let verify = try await env.dsr("evidence", "verify", setting: setting).expect(0)
            #expect(verify.out.contains("the log's key was replaced"))
            try await env.dsr("evidence", "verify", "--key", keys.log, "--key", key).expect(0)
            #expect(
                try await env.dsr("evidence", "verify", "--key", keys.log).expect(1).out.contains("new key is needed")
            )

            // Old receipts hold under the old key, new ones under the new key, each with both keys given.
            let newer = env.folder + "/newer.tlog-proof"
            try await env.dsr("evidence", "receipt", "2", "--output", newer, setting: setting).expect(0)
            try await TestEnvironment.check(receipt, key: keys.log).expect(0)
            try await TestEnvironment.check(newer, key: key).expect(0)
            try await TestEnvironment.check(newer, key: keys.log).expect(1)
            for file in [receipt, newer] {
                try await TestEnvironment.run(["evidence", "check", file, "--key", keys.log, "--key", key], [:]).expect(
                    0
                )
            }
            // Repeating it changes nothing; another key cannot take the log over from the old one.
            try await env.dsr("evidence", "key", new, "--replaces", old).expect(0)
            #expect(
                try await env.count("select count(*) from dsr.evidence_leaves where event = 'key_replaced'") == 1
            )
            try await env.dsr("evidence", "key", env.folder + "/third.key", "--replaces", old).expect(1)
        }
    }

    @Test("a stolen old key cannot sign after it was replaced")
    func stolenKey() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.answer("a")
            let new = env.folder + "/new.key"
            try await env.dsr("evidence", "key", new, "--replaces", keys.logFile).expect(0)
            let setting: [String: String?] = ["DSR_EVIDENCE_KEY_FILE": new]
            try await env.submit(.access, "b")
            try await env.dsr("run", setting: setting).expect(0)
            // The checkpoint after the replacement gets the old key's signature instead of the new one's.
            try await env.tamper(
                """
                delete from dsr.evidence_checkpoints where size > (
                    select index + 1 from dsr.evidence_leaves where event = 'key_replaced');
                create table public.hidden as select l.* from dsr.evidence_leaves l where event = 'key_replaced';
                update dsr.evidence_leaves set event = 'purged' where event = 'key_replaced'
                """
            )
            let file = try #require(keys.checkpointFiles().last)
            try FileManager.default.removeItem(atPath: file)
            try await env.dsr("evidence", "checkpoint").expect(0)
            try await env.tamper(
                "update dsr.evidence_leaves l set event = h.event from public.hidden h where h.index = l.index"
            )
            let verify = try await env.dsr("evidence", "verify", setting: setting).expect(1)
            #expect(verify.out.contains("signed by a key that was replaced at log entry"))
        }
    }

    @Test("a customer is found with earlier subject keys too, and without them is not said to be unknown")
    func subjectKeys() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.answer("anna")
            let (old, new) = (
                (keys.logFile as NSString).deletingLastPathComponent + "/subject.key", env.folder + "/s.key"
            )
            try await env.dsr("evidence", "key", new, "--kind", "subject").expect(0)
            let alone: [String: String?] = ["DSR_SUBJECT_KEY_FILE": new]
            try await env.submit(.access, "berta")
            try await env.dsr("run", setting: alone).expect(0)

            let unknown = try await env.dsr("evidence", "prove", "--subject", "anna", setting: alone).expect(1)
            #expect(unknown.err.contains("is findable with this key: 1 request was recorded under other subject keys"))
            let found = try await env.dsr("evidence", "prove", "--subject", "berta", setting: alone).expect(0)
            #expect(found.out.contains("Request 2") && found.err.contains("There may be more"))

            let both = alone.merging(["DSR_SUBJECT_OLD_KEY_FILES": old]) { $1 }
            for (customer, request) in [("anna", 1), ("berta", 2)] {
                let found = try await env.dsr("evidence", "prove", "--subject", customer, setting: both).expect(0)
                #expect(found.out.hasPrefix("Request \(request), ") && !found.err.contains("more"))
            }
            let nobody = try await env.dsr("evidence", "prove", "--subject", "carla", setting: both).expect(1)
            #expect(nobody.err.contains("no request of this customer exists"))
            try await env.dsr(
                "evidence",
                "prove",
                "--subject",
                "anna",
                setting: ["DSR_SUBJECT_OLD_KEY_FILES": "/none"]
            ).expect(78)
        }
    }

    @Test("an erasure is replayed although its digest was made with an earlier subject key")
    func replayWithOldKey() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            let since = Date()
            try await env.dsr("api", "update-profile", "anna", "--attributes", #"{"Name":"A"}"#).expect(0)
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            let old = (keys.logFile as NSString).deletingLastPathComponent + "/subject.key"
            let new = env.folder + "/s.key"
            try await env.dsr("evidence", "key", new, "--kind", "subject").expect(0)
            let replay = ["replay", "--since", since.formatted(.iso8601), "--ids", "-", "--ticket", "T-1"]
            let alone: [String: String?] = ["DSR_SUBJECT_KEY_FILE": new]
            #expect(
                try await env.dsr(replay, setting: alone, input: "anna\n").expect(1).err.contains("cannot be matched")
            )
            let both = alone.merging(["DSR_SUBJECT_OLD_KEY_FILES": old]) { $1 }
            let replayed = try await env.dsr(replay, setting: both, input: "anna\n").expect(0)
            #expect(replayed.out.contains("added to the queue: 1"))
        }
    }

    @Test(
        "a hold that was placed under an earlier subject key protects its customer, and holds back no one else's erasure"
    )
    func holdUnderOldKey() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            for name in ["anna", "berta", "carla"] { try await env.makeCustomer(name) }
            try await env.dsr(
                [
                    "requests", "hold", "--ground", "b", "--law", "section 147 AO", "--review-on", "2099-01-01",
                    "--subject",
                    "anna", "--ticket", "T-1",
                ]
            ).expect(0)
            try await env.submit(.erasure, "berta")
            try await env.dsr("requests", "suspend", "1", "--for", "clarification", "--ticket", "T-2").expect(0)
            let old = (keys.logFile as NSString).deletingLastPathComponent + "/subject.key"
            let new = env.folder + "/s.key"
            try await env.dsr("evidence", "key", new, "--kind", "subject").expect(0)
            let alone: [String: String?] = ["DSR_SUBJECT_KEY_FILE": new]
            let both = alone.merging(["DSR_SUBJECT_OLD_KEY_FILES": old]) { $1 }
            try await env.submit((.erasure, "anna"), (.erasure, "carla"))

            try await env.dsr("run", setting: alone).expect(1)
            #expect(try await env.waitingFor() == ["clarification", "hold_uncertain", "hold_uncertain"])
            try await env.dsr("requests", "resume", "1", "--for", "clarification", "--ticket", "T-2", setting: both)
                .expect(0)
            try await env.dsr("run", setting: both).expect(0)
            #expect(try await env.requests("waiting_for = 'legal_hold' and id = 2") == 1)
            #expect(try await env.requests("outcome = 'erased'") == 2)
            #expect(
                try await env.dsr("requests", "holds", "--json", setting: both).expect(0).out.contains(
                    #""held_back":1"#
                )
            )
            // A digest of an erased customer is not kept for holds.
            #expect(try await env.count("select count(*) from dsr.earlier_digests") == 1)
        }
    }

    @Test("a customer who was erased under an earlier subject key is already absent, and not unknown")
    func erasedUnderOldKey() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.makeCustomer("anna")
            try await env.submit(.erasure, "anna")
            try await env.dsr("run").expect(0)
            let old = (keys.logFile as NSString).deletingLastPathComponent + "/subject.key"
            let new = env.folder + "/s.key"
            try await env.dsr("evidence", "key", new, "--kind", "subject").expect(0)
            try await env.submit(.erasure, "anna")
            let both: [String: String?] = ["DSR_SUBJECT_KEY_FILE": new, "DSR_SUBJECT_OLD_KEY_FILES": old]
            try await env.dsr("run", setting: both).expect(0)
            #expect(try await env.ending(of: 2) == "completed already_absent")
        }
    }

    @Test("a lost key is replaced with a ticket, and the log says that it is lost")
    func lostKey() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            try await env.answer("a")
            try FileManager.default.removeItem(atPath: keys.logFile)
            let new = env.folder + "/new.key"
            try await env.dsr("evidence", "key", new, "--replaces", keys.logFile).expect(64)
            try await env.dsr("evidence", "key", new, "--replaces", keys.log).expect(64)
            #expect(!FileManager.default.fileExists(atPath: new))
            try await env.dsr("evidence", "key", new, "--replaces", keys.log, "--ticket", "T-9").expect(0)
            let setting: [String: String?] = ["DSR_EVIDENCE_KEY_FILE": new]
            try await env.submit(.access, "b")
            try await env.dsr("run", setting: setting).expect(0)
            try await env.dsr("evidence", "verify", setting: setting).expect(0)
            #expect(
                try await env.texts(
                    """
                    select convert_from(payload, 'UTF8')::json ->> 'cause' as t from dsr.evidence_leaves
                    join dsr.evidence_payloads using (index) where event = 'key_replaced'
                    """
                ) == ["lost"]
            )
        }
    }
}
