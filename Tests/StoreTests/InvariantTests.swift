import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Constraints of a row")
struct InvariantTests {
    @Test(
        "no statement brings a row into an inconsistent state",
        arguments: [
            ("state = 'waiting'", "waiting_has_a_gate"),
            ("waiting_for = 'older_request'", "waiting_has_a_gate"),
            ("state = 'running', claim_no = 1", "running_has_a_run"),
            ("state = 'completed', outcome = 'exported', finished_at = now()", "completed_by_a_run"),
            ("state = 'refused'", "closed_has_finished_at"),
            ("state = 'cancelled'", "closed_has_finished_at"),
            ("finished_at = now()", "closed_has_finished_at"),
            ("integration_id = null", "content_stays"),
            ("state = 'done'", "state_may_change"),
            ("run_id = 4711", "subject_requests_run_id_fkey"),
            ("claim_no = 1", "claims_are_counted"),
            ("state = 'running', run_id = 1", "claims_are_counted"),
            ("identity_method = 'in_person'", "identity_check_is_complete"),
            ("approved_at = now()", "approval_is_complete"),
            ("refusal_ground = 'because'", "subject_requests_refusal_ground_check"),
            ("replay_since = now()", "content_stays"),
        ]
    )
    func refused(change: String, constraint: String) async throws {
        let database = try await Database.fresh()
        #expect(try await database.begin() == 1)
        try await database.submit(.access, "customer-42")
        let error = try await #require(throws: PostgresError.self) {
            try await database.run("update dsr.subject_requests set \(change)")
        }
        #expect(error.constraint == constraint)
    }

    @Test("a claimed row is completed with an outcome, and fails with an end")
    func claimed() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        _ = try await database.ready(.access, "customer-42", run: run)
        _ = try await database.claim(run)
        for (change, constraint) in [
            ("state = 'completed', finished_at = now()", "completed_has_outcome"),
            ("state = 'failed'", "closed_has_finished_at"),
        ] {
            let error = try await #require(throws: PostgresError.self) {
                try await database.run("update dsr.subject_requests set \(change)")
            }
            #expect(error.constraint == constraint)
        }
        try await database.run("update dsr.subject_requests set state = 'failed', finished_at = now()")
    }

    @Test(
        "salts and digests have their length, and file names are given once",
        arguments: [
            ("insert into dsr.request_salts values (1, '\\x00')", "request_salts_salt_check"),
            (
                "insert into dsr.reports (run_id, file_name, media_type, sha256, byte_count) values (1, '000000-run-1.json', '', '', 0)",
                "reports_sha256_check"
            ),
            (
                """
                insert into dsr.reports (run_id, file_name, media_type, sha256, byte_count)
                select 1, '000000-run-1.json', '', sha256(''), 0 from generate_series(1, 2)
                """, "reports_file_name_key"
            ),
            (
                """
                insert into dsr.legal_holds (subject_digest, subject_key_id, ground, source_of_law, placed_by, review_on)
                values (sha256(''), '\\x0102030405060708', 'f', 'x', 'x', now())
                """, "legal_holds_ground_check"
            ),
            (
                """
                insert into dsr.legal_holds (subject_digest, subject_key_id, ground, source_of_law, placed_by, review_on)
                values (sha256(''), '\\x01', 'b', 'x', 'x', now())
                """, "legal_holds_subject_key_id_check"
            ),
            ("update dsr.runs set ended_at = now()", "runs_check"),
        ]
    )
    func others(statement: String, constraint: String) async throws {
        let database = try await Database.fresh()
        #expect(try await database.begin() == 1)
        try await database.submit(.access, "customer-42")
        let error = try await #require(throws: PostgresError.self) { try await database.run(statement) }
        #expect(error.constraint == constraint)
    }
}
