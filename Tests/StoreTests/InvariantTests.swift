import Postgres
import Store
import SubjectRequests
import Testing

@Suite("What a row can never be")
struct InvariantTests {
    @Test(
        "no statement whatever brings a row into a state that makes no sense",
        arguments: [
            ("state = 'waiting'", "waiting_says_for_what"),
            ("waiting_for = 'older_request'", "waiting_says_for_what"),
            ("state = 'running'", "running_has_a_run"),
            ("state = 'completed', outcome = 'exported'", "final_has_an_end"),
            ("state = 'refused'", "final_has_an_end"),
            ("state = 'failed'", "final_has_an_end"),
            ("finished_at = now()", "final_has_an_end"),
            ("state = 'completed', finished_at = now()", "completed_has_outcome"),
            ("integration_id = null", "unfinished_has_subject"),
            ("state = 'done'", "subject_requests_state_check"),
            ("run_id = 4711", "subject_requests_run_id_fkey"),
        ]
    )
    func refused(change: String, constraint: String) async throws {
        let database = try await Database.fresh()
        try await database.submit(.access, "customer-42")
        let error = try await #require(throws: PostgresError.self) {
            try await database.run("update dsr.subject_requests set \(change)")
        }
        #expect(error.constraint == constraint)
    }

    @Test(
        "what makes sense can be said",
        arguments: [
            "state = 'waiting', waiting_for = 'older_request'",
            "state = 'running', run_id = 1",
            "state = 'completed', outcome = 'exported', finished_at = now()",
            "state = 'completed', outcome = 'erased', finished_at = now(), integration_id = null",
            "state = 'failed', finished_at = now()",
            "state = 'refused', finished_at = now()",
        ]
    )
    func accepted(change: String) async throws {
        let database = try await Database.fresh()
        #expect(try await database.begin() == 1)
        try await database.submit(.access, "customer-42")
        try await database.run("update dsr.subject_requests set \(change)")
    }

    @Test(
        "salts and digests have their length, and file names are given once",
        arguments: [
            ("insert into dsr.request_salts values (1, '\\x00')", "request_salts_salt_check"),
            (
                "insert into dsr.reports (run_id, file_name, media_type, sha256, byte_count) values (1, 'x', '', '', 0)",
                "reports_sha256_check"
            ),
            (
                """
                insert into dsr.reports (run_id, file_name, media_type, sha256, byte_count)
                select 1, 'x', '', sha256(''), 0 from generate_series(1, 2)
                """, "reports_file_name_key"
            ),
            (
                "insert into dsr.legal_holds (subject_digest, ground, source_of_law, placed_by, review_on)"
                    + " values (sha256(''), 'f', '', '', now())", "legal_holds_ground_check"
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
