import Foundation
import TalonOneSandbox
import TestHouse
import Testing

@Suite("The evidence log")
struct EvidenceTests {
    @Test("after an erasure nothing identifies the customer, and the erasure can still be proven")
    func erasureIsProven() async throws {
        let canary = "canary-7f3a9@example.com"
        try await House.withEvidence { house, keys in
            try await house.makeCustomer(canary)
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) values ('access', '\(canary)')"
            )
            try await house.dsr("run").expect(0)
            try await house.dsr("erase", canary, "--ticket", "T-1", "--yes").expect(0)

            #expect(try await !house.dump().contains("7f3a9"))
            let verified = try await house.dsr("evidence", "verify").expect(0)
            #expect(verified.out.contains("0 not signed yet"))
            #expect(verified.out.contains("2 in files"))
            let receipt = house.folder + "/r.tlog-proof"
            try await house.dsr("evidence", "receipt", "2", "--output", receipt).expect(0)
            let check = try await House.run(["evidence", "check", receipt, "--key", keys.log], [:]).expect(0)
            #expect(check.out.contains("\"outcome\":\"erased\""))
            let proof = try await house.dsr("evidence", "prove", "--subject", "-", input: canary + "\n").expect(0)
            #expect(proof.out.contains("Request 2, erasure: erased"))
            #expect(proof.out.contains("under a signed head"))
            try await house.dsr("evidence", "prove", "--subject", "somebody-else").expect(1)
        }
    }

    @Test("each call that changes data is announced in the log before it, and no other call is")
    func intents() async throws {
        try await House.withEvidence { house, _ in
            try await house.makeCustomer("anna")
            try await house.sql(
                """
                insert into dsr.subject_requests (kind, integration_id, changes) values
                    ('rectification', 'anna', '{"Name": "B"}'), ('erasure', 'anna', null), ('access', 'nobody', null)
                """
            )
            try await house.dsr("run").expect(0)
            let actions = try await house.texts(
                """
                select (convert_from(payload, 'UTF8')::json ->> 'request') || ' ' || (convert_from(payload, 'UTF8')::json ->> 'action') as t
                from dsr.evidence_payloads where convert_from(payload, 'UTF8')::json ->> 'event' = 'sending' order by index
                """
            )
            #expect(actions == ["1 update_profile", "2 release_reservation", "2 delete_customer_data"])
        }
    }

    /// Changes that a superuser can make to the database, and the finding that the audit must report.
    static let attacks: [(name: String, sql: String, finding: String)] = [
        (
            "a payload is changed",
            "update dsr.evidence_payloads set payload = overlay(payload placing 'X' from 20) where index = 5",
            "log entry 5"
        ),
        (
            "a payload and its hash are changed",
            """
            update dsr.evidence_payloads set payload = convert_to(replace(convert_from(payload, 'UTF8'), 'no_data', 'exported'), 'UTF8')
            where convert_from(payload, 'UTF8') like '%no_data%';
            update dsr.evidence_leaves l set leaf_hash = sha256('\\x00'::bytea || p.payload) from dsr.evidence_payloads p where p.index = l.index
            """, "does not match the root"
        ),
        ("a hash is changed", "update dsr.evidence_leaves set leaf_hash = sha256('x') where index = 3", "log entry 3"),
        ("a log entry is deleted", "delete from dsr.evidence_leaves where index = 4", "log entry 4 is missing"),
        (
            "a log entry is duplicated",
            """
            alter table dsr.evidence_leaves drop constraint evidence_leaves_pkey;
            insert into dsr.evidence_leaves select * from dsr.evidence_leaves where index = 5
            """, "log entry 5 exists twice"
        ),
        (
            "the log is truncated and its recorded size changed",
            """
            delete from dsr.evidence_leaves where index > 10; delete from dsr.evidence_payloads where index > 10;
            update dsr.evidence_head set size = 11; delete from dsr.evidence_tiles; delete from dsr.evidence_checkpoints
            """, "it was truncated"
        ),
        (
            "two log entries are exchanged, with all their hashes",
            """
            update dsr.evidence_payloads set index = -1 where index = 2; update dsr.evidence_payloads set index = 2 where index = 3;
            update dsr.evidence_payloads set index = 3 where index = -1;
            update dsr.evidence_leaves l set leaf_hash = sha256('\\x00'::bytea || p.payload), request_id = (convert_from(p.payload, 'UTF8')::json ->> 'request')::bigint
            from dsr.evidence_payloads p where p.index = l.index
            """, "contains the index"
        ),
        (
            "a tile is changed",
            "update dsr.evidence_tiles set hashes = overlay(hashes placing '\\x00'::bytea from 7) where level = 0",
            "tile/0/"
        ),
        (
            "a tile is invented",
            "insert into dsr.evidence_tiles (level, index, width, hashes) values (0, 77, 1, sha256('x'))",
            "belong to no log entry"
        ),
        (
            "the stored checkpoint is changed",
            "update dsr.evidence_checkpoints set note = replace(note, 'dsr.test', 'dsr.tesu')", "in the database"
        ),
        (
            "a payload is dropped without a log entry", "delete from dsr.evidence_payloads where index = 0",
            "no log entry records that it was dropped"
        ),
        (
            "a row is given another outcome",
            "update dsr.subject_requests set outcome = 'erased' where id = 1",
            "the row of request 1 says completed erased"
        ),
        (
            "everything is rewritten with its hashes and tiles, and the stored checkpoints are deleted",
            """
            update dsr.evidence_payloads set payload = convert_to(replace(convert_from(payload, 'UTF8'), '"T-1"', '"T-2"'), 'UTF8');
            update dsr.evidence_leaves l set leaf_hash = sha256('\\x00'::bytea || p.payload) from dsr.evidence_payloads p where p.index = l.index;
            delete from dsr.evidence_tiles; delete from dsr.evidence_checkpoints
            """, "the checkpoint file"
        ),
    ]

    @Test("the audit finds what a database superuser rewrites", arguments: attacks.indices)
    func attack(_ number: Int) async throws {
        let attack = Self.attacks[number]
        try await House.withEvidence { house, _ in
            for name in ["a", "b", "c"] {
                try await house.dsr("submit", "access", name, "--ticket", "T-1").expect(0)
            }
            try await house.dsr("run").expect(0)
            try await house.dsr("evidence", "verify").expect(0)

            try await house.script("set session_replication_role = replica; \(attack.sql)")

            let verified = try await house.dsr("evidence", "verify").expect(1)
            #expect(verified.out.contains(attack.finding), "\(attack.name): \(verified.out)")
            let json = try await house.dsr("evidence", "verify", "--json").expect(1).out
            let findings = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            #expect(findings?["problem_count"] as? Int != 0)
        }
    }

    @Test("a rewritten log is not signed, and the queue goes on")
    func noSignatureOverARewrittenLog() async throws {
        try await House.withEvidence { house, _ in
            try await house.dsr("submit", "access", "a").expect(0)
            try await house.dsr("run").expect(0)
            try await house.script(
                """
                set session_replication_role = replica;
                delete from dsr.evidence_tiles; delete from dsr.evidence_checkpoints
                """
            )
            try await house.dsr("submit", "access", "b").expect(0)
            let ended = try await house.dsr("run").expect(1)
            #expect(ended.err.contains("the database lacks the checkpoint of size"))
            #expect(try await house.ending(of: 2) == "completed no_data")
            #expect(try await house.count("select count(*) from dsr.evidence_checkpoints") == 0)
        }
    }

    @Test("a database that was restored from a backup is not signed, and the error says so")
    func restoredBackup() async throws {
        try await House.withEvidence { house, _ in
            try await house.dsr("submit", "access", "a").expect(0)
            try await house.dsr("run").expect(0)
            let backup = try await house.count("select size from dsr.evidence_head")
            try await house.dsr("submit", "access", "b").expect(0)
            try await house.dsr("run").expect(0)
            let filed = try await house.count("select size from dsr.evidence_head")
            try await house.script(
                """
                set session_replication_role = replica;
                delete from dsr.evidence_leaves where index >= \(backup);
                delete from dsr.evidence_payloads where index >= \(backup);
                update dsr.evidence_head set size = \(backup);
                delete from dsr.evidence_checkpoints where size > \(backup)
                """
            )
            let ended = try await house.dsr("evidence", "checkpoint").expect(1)
            #expect(
                ended.err.contains(
                    "the database has fewer log entries (\(backup)) than the last filed checkpoint (\(filed)): was it "
                        + "restored from a backup? Signing is stopped"
                )
            )
        }
    }

    @Test("a lost key stops signing but not the queue, and the log entries are signed later")
    func lostKey() async throws {
        try await House.withEvidence { house, keys in
            try await house.dsr("submit", "access", "a").expect(0)
            let ended = try await house.dsr("run", setting: ["DSR_EVIDENCE_KEY_FILE": house.folder + "/lost"]).expect(1)
            #expect(ended.err.contains("cannot be read"))
            #expect(ended.err.contains("wait for the next head"))
            #expect(try await house.ending(of: 1) == "completed no_data")
            #expect(try await house.dsr("evidence", "verify").expect(0).out.contains("0 checkpoints in the database"))
            try await house.dsr("evidence", "checkpoint").expect(0)
            #expect(try await house.dsr("evidence", "verify").expect(0).out.contains(" 0 not signed yet"))

            // Another key is another log.
            try await House.run(["evidence", "key", house.folder + "/other", "--name", "dsr.test/log"], [:]).expect(0)
            try await house.dsr("submit", "access", "b").expect(0)
            let other = try await house.dsr("run", setting: ["DSR_EVIDENCE_KEY_FILE": house.folder + "/other"]).expect(
                1
            )
            #expect(other.err.contains("another log's key"))
        }
    }

    @Test("a long run signs checkpoints while it works, each consistent with the previous one")
    func checkpointsDuringRun() async throws {
        try await House.withEvidence { house, keys in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'c' || n from generate_series(1, 200) n"
            )
            try await house.dsr("run", setting: ["DSR_EVIDENCE_RESULTS_PER_HEAD": "50"]).expect(0)
            #expect(try await house.count("select count(*) from dsr.evidence_checkpoints") >= 3)
            let files = try FileManager.default.contentsOfDirectory(atPath: keys.directory)
            #expect(files.count == (try await house.count("select count(*) from dsr.evidence_checkpoints")))
            try await house.dsr("evidence", "verify").expect(0)
        }
    }

    @Test("an audit during a run finds no problem")
    func auditDuringRun() async throws {
        try await House.withEvidence { house, _ in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'c' || n from generate_series(1, 600) n"
            )
            async let run = house.dsr("run", setting: ["DSR_EVIDENCE_RESULTS_PER_HEAD": "20"])
            _ = try await house.sandbox.waitForRequest(matching: SandboxMatch(identifier: "c50"))
            var audits = 0
            while try await house.count("select count(*) from dsr.subject_requests where state <> 'completed'") > 0 {
                try await house.dsr("evidence", "verify").expect(0)
                audits += 1
            }
            #expect(audits > 0)
            try await run.expect(0)
            try await house.dsr("evidence", "verify").expect(0)
        }
    }

    @Test("a damaged receipt, and a receipt checked with another key, are invalid")
    func damagedReceipt() async throws {
        try await House.withEvidence { house, keys in
            try await house.dsr("submit", "access", "a").expect(0)
            try await house.dsr("run").expect(0)
            let receipt = house.folder + "/r.tlog-proof"
            try await house.dsr("evidence", "receipt", "1", "--output", receipt).expect(0)
            try await house.dsr("evidence", "receipt", "1", "--output", receipt).expect(64)
            try await house.dsr("evidence", "receipt", "99").expect(1)
            let whole = try #require(FileManager.default.contents(atPath: receipt))
            for position in stride(from: 0, to: whole.count, by: max(1, whole.count / 25)) {
                var damaged = whole
                damaged[position] ^= 1
                try damaged.write(to: URL(filePath: house.folder + "/damaged"))
                let check = try await House.run(
                    ["evidence", "check", house.folder + "/damaged", "--key", keys.log],
                    [:]
                )
                #expect(check.code == 1, "byte \(position)")
                #expect(check.err.hasPrefix("Error: the receipt does not hold"))
            }
            try whole.prefix(whole.count / 2).write(to: URL(filePath: house.folder + "/damaged"))
            try await House.run(["evidence", "check", house.folder + "/damaged", "--key", keys.log], [:]).expect(1)
            try await House.run(["evidence", "check", receipt, "--key", keys.witness], [:]).expect(1)
            for position in keys.log.indices.dropFirst(keys.log.count / 2) {
                let damaged = keys.log.replacingCharacters(
                    in: position...position,
                    with: keys.log[position] == "A" ? "B" : "A"
                )
                let check = try await House.run(["evidence", "check", receipt, "--key", damaged], [:])
                #expect(check.code == 1 && check.err.contains("the verifier key does not hold"))
            }
            try await House.run(["evidence", "check", receipt, "--key", keys.log, "--witness", keys.witness], [:])
                .expect(1)
        }
    }

    @Test("a damaged, truncated, missing or foreign checkpoint file is reported by name")
    func damagedFiles() async throws {
        try await House.withEvidence { house, keys in
            for name in ["a", "b"] {
                try await house.dsr("submit", "access", name).expect(0)
                try await house.dsr("run").expect(0)
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: keys.directory).sorted()
            let last = keys.directory + "/" + (try #require(names.last))
            let whole = try #require(FileManager.default.contents(atPath: last))
            func verify(_ content: Data, _ what: String) async throws {
                try content.write(to: URL(filePath: last))
                let ended = try await house.dsr("evidence", "verify").expect(1)
                #expect(ended.out.contains((last as NSString).lastPathComponent), "\(what): \(ended.out)")
            }
            for position in stride(from: 0, to: whole.count, by: max(1, whole.count / 12)) {
                var damaged = whole
                damaged[position] ^= 1
                try await verify(damaged, "byte \(position)")
            }
            try await verify(whole.prefix(whole.count / 2), "truncated")
            try await verify(Data(), "empty")
            let first = keys.directory + "/" + names[0]
            try await verify(try #require(FileManager.default.contents(atPath: first)), "another checkpoint's file")
            try whole.write(to: URL(filePath: last))
            try await house.dsr("evidence", "verify").expect(0)
            try FileManager.default.removeItem(atPath: first)
            #expect(try await house.dsr("evidence", "verify").expect(1).out.contains("that is not filed"))
            #expect(try await house.dsr("evidence", "verify", "--key", keys.witness).code != 0)
        }
    }

    @Test("pruned payloads are gone, hashes and old receipts stay valid, and open requests keep their payloads")
    func prune() async throws {
        try await House.withEvidence { house, keys in
            try await house.dsr("submit", "access", "a").expect(0)
            try await house.dsr("run").expect(0)
            let receipt = house.folder + "/r.tlog-proof"
            try await house.dsr("evidence", "receipt", "1", "--output", receipt).expect(0)
            try await house.dsr("submit", "access", "open").expect(0)
            await house.sandbox.install(SandboxFault(.status(code: 503), match: SandboxMatch(identifier: "open")))
            try await house.dsr("run", setting: ["DSR_RETRY_QUICK_TRIES": "1", "DSR_RETRY_WAIT_SECONDS": "3600"])
                .expect(0)
            let first = try await house.count("select min(index) from dsr.evidence_leaves where request_id = 2")
            // As if all of it had been written long ago.
            try await house.script(
                """
                create or replace function dsr.test_prune() returns bigint language sql as
                $$ select dsr.prune_evidence(\(first), 'R-1', 'test') $$;
                select dsr.test_prune();
                """
            )
            try await house.dsr("evidence", "checkpoint").expect(0)

            let verified = try await house.dsr("evidence", "verify").expect(0)
            #expect(verified.out.contains("\(first) without content"))
            try await House.run(["evidence", "check", receipt, "--key", keys.log], [:]).expect(0)
            #expect(
                try await house.dsr("evidence", "receipt", "1", "--output", "-").expect(1).err.contains("retention")
            )
            #expect(
                try await house.dsr("evidence", "prune", "--before", "2020-01-01", "--reason", "R-1").expect(0).out
                    .contains("Dropped 0")
            )
            try await house.dsr("evidence", "prune", "--before", "2999-01-01", "--reason", "R-1").expect(64)
        }
    }

    @Test("a witness cosigns consistent checkpoints, and refuses a rewritten history")
    func witness() async throws {
        try await House.withEvidence { house, keys in
            let cosign = [
                "evidence", "cosign", "--checkpoints", keys.directory, "--log", keys.log, "--key-file",
                keys.witnessFile,
                "--state", house.folder + "/state",
            ]
            for name in ["a", "b"] {
                try await house.dsr("submit", "access", name).expect(0)
                try await house.dsr("run").expect(0)
                #expect(try await House.run(cosign, [:]).expect(0).out.contains("Signed: dsr.test/log at size"))
            }
            #expect(try await House.run(cosign, [:]).expect(0).out.contains("No new checkpoint"))
            let receipt = house.folder + "/r.tlog-proof"
            try await house.dsr("evidence", "receipt", "2", "--output", receipt).expect(0)
            try await House.run(["evidence", "check", receipt, "--key", keys.log, "--witness", keys.witness], [:])
                .expect(0)
            try await house.dsr("evidence", "verify").expect(0)

            // The operator, who has the log's key, rewrites the log with another outcome of the requests.
            try FileManager.default.removeItem(atPath: keys.directory)
            try await house.script(
                """
                set session_replication_role = replica;
                update dsr.evidence_payloads set payload = convert_to(replace(convert_from(payload, 'UTF8'), 'no_data', 'exported'), 'UTF8');
                update dsr.evidence_leaves l set leaf_hash = sha256('\\x00'::bytea || p.payload) from dsr.evidence_payloads p where p.index = l.index;
                delete from dsr.evidence_tiles; delete from dsr.evidence_checkpoints
                """
            )
            try await house.dsr("evidence", "checkpoint").expect(0)
            let refused = try await House.run(cosign, [:]).expect(1)
            #expect(refused.err.contains("has a different root for size"))
        }
    }

    @Test("an export has the layout that transparency log tools read")
    func export() async throws {
        try await House.withEvidence { house, _ in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'c' || n from generate_series(1, 60) n"
            )
            try await house.dsr("run").expect(0)
            let folder = house.folder + "/log"
            try await house.dsr("evidence", "export", folder).expect(0)
            let size = try await house.count("select size from dsr.evidence_head")
            #expect(size > 256)
            #expect(
                FileManager.default.contents(atPath: folder + "/checkpoint")?.starts(
                    with: Data("dsr.test/log\n\(size)\n".utf8)
                ) == true
            )
            #expect(FileManager.default.contents(atPath: folder + "/tile/0/000")?.count == 256 * 32)
            #expect(
                FileManager.default.contents(atPath: folder + "/tile/1/000.p/\(size / 256)")?.count == size / 256 * 32
            )
            let entries = try #require(FileManager.default.contents(atPath: folder + "/tile/entries/000"))
            let length = Int(entries[0]) << 8 | Int(entries[1])
            let leaf = try JSONSerialization.jsonObject(with: entries[2..<2 + length]) as? [String: Any]
            #expect(leaf?["index"] as? Int == 0)
        }
    }

    @Test("each of the three roles can do its work and nothing else")
    func roles() async throws {
        try await House.withEvidence { house, keys in
            let suffix = UUID().uuidString.prefix(8).lowercased()
            let (worker, intake, auditor) = ("worker_\(suffix)", "intake_\(suffix)", "auditor_\(suffix)")
            try await house.script(
                "create role \(worker) login; create role \(intake) login; create role \(auditor) login"
            )
            try await house.dsr("grants", "--worker", worker, "--intake", intake, "--auditor", auditor, "--apply")
                .expect(0)
            #expect(
                try await house.dsr("grants").expect(0).out.contains("grant execute on function dsr.append_evidence")
            )
            func `as`(_ role: String) -> [String: String] {
                ["DSR_DATABASE_URL": house.database.replacingOccurrences(of: "user=postgres", with: "user=\(role)")]
            }

            try await house.makeCustomer("anna")
            try await house.dsr("submit", "erasure", "anna", setting: `as`(intake)).expect(0)
            try await house.dsr("requests", "list", setting: `as`(intake)).expect(78)
            try await house.dsr("run", setting: `as`(worker)).expect(0)
            #expect(try await house.ending(of: 1) == "completed erased")
            // The worker's commands decide about requests as well.
            try await house.dsr("submit", "access", "bob", setting: `as`(worker)).expect(0)
            for words in [
                ["requests", "suspend", "2", "--for", "clarification"], ["requests", "show", "2"],
                ["requests", "resume", "2", "--for", "clarification"], ["requests", "cancel", "2"],
                ["requests", "hold", "--subject", "cleo", "--ground", "b", "--law", "x", "--review-on", "2099-01-01"],
                ["requests", "release", "1"], ["requests", "holds"], ["incidents", "list"],
            ] {
                let decides = !["show", "holds", "list"].contains(words[1])
                try await house.dsr(words + (decides ? ["--ticket", "T-1"] : []), setting: `as`(worker)).expect(0)
            }
            try await house.dsr("evidence", "verify", setting: `as`(auditor)).expect(0)
            try await house.dsr("evidence", "receipt", "1", "--output", "-", setting: `as`(auditor)).expect(0)
            for (role, statement) in [
                (worker, "delete from dsr.evidence_leaves"), (worker, "update dsr.evidence_payloads set payload = ''"),
                (worker, "insert into dsr.evidence_leaves (index, leaf_hash) values (999, sha256(''))"),
                (worker, "select dsr.prune_evidence(9, 'x', 'y')"), (intake, "select kind from dsr.subject_requests"),
                (intake, "select dsr.append_evidence('[{\"event\":\"x\"}]', null)"),
                (auditor, "select integration_id from dsr.subject_requests"),
                (auditor, "select content from dsr.reports"), (auditor, "select reason from dsr.decisions"),
                (auditor, "select subject_digest from dsr.legal_holds"), (worker, "delete from dsr.legal_holds"),
                (worker, "delete from dsr.subject_requests"), (intake, "update dsr.subject_requests set ticket = 'x'"),
                (auditor, "delete from dsr.runs"),
            ] {
                let ended = try await house.psql(statement, as: role)
                #expect(
                    ended.code != 0 && ended.err.contains("permission denied"),
                    "\(role): \(statement): \(ended.err)"
                )
            }
        }
    }
}
