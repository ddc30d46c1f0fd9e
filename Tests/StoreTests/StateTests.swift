import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Changes of state")
struct StateTests {
    @Test("of all pairs of states the database lets exactly those pass that the program knows")
    func pairs() async throws {
        let database = try await Database.fresh()
        #expect(try await database.begin() == 1)
        let id = try await database.submit(.access, "customer-42")
        try await database.admit(1)
        for before in RequestState.allCases {
            for after in RequestState.allCases where after != before {
                try await database.run(
                    """
                    alter table dsr.subject_requests disable trigger check_changed_request;
                    \(Self.change(to: before));
                    alter table dsr.subject_requests enable trigger check_changed_request
                    """
                )
                let error: PostgresError?
                do {
                    try await database.run(Self.change(to: after))
                    error = nil
                } catch let refusal as PostgresError {
                    error = refusal
                }
                #expect(
                    (error == nil) == before.successors.contains(after),
                    "\(before) to \(after): \(String(describing: error))"
                )
                if let error { #expect(error.constraint == "state_may_change") }
                #expect(try await database.column("state", of: id) == (error == nil ? after : before).rawValue)
            }
        }
    }

    /// All that belongs to a state, so that nothing but the pair of states decides.
    private static func change(to state: RequestState) -> String {
        let isEnded = [.completed, .refused, .cancelled, .failed].contains(state)
        return """
            update dsr.subject_requests set
                answered_with = \(state == .completed ? "case when state in ('pending', 'waiting') then id end" : "null"),
                state = '\(state.rawValue)',
                waiting_for = \(state == .waiting ? "'identity'" : "null"),
                finished_at = \(isEnded ? "coalesce(finished_at, now())" : "null"),
                outcome = \(state == .completed ? "'exported'" : "null"),
                refusal_ground = \(state == .refused ? "'art12_6'" : "null"),
                run_id = 1,
                claim_no = claim_no + (state = 'pending' and '\(state.rawValue)' = 'running')::int
            """
    }

    @Test("the README's picture of the states is the truth")
    func readme() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md").standardized
        let text = try String(contentsOf: path, encoding: .utf8)
        var drawn: [RequestState: Set<RequestState>] = [:]
        for match in text.matches(of: /(?m)^ +(\w+) --> (\w+)/) {
            let before = try #require(RequestState(rawValue: String(match.1)))
            drawn[before, default: []].insert(try #require(RequestState(rawValue: String(match.2))))
        }
        for state in RequestState.allCases {
            #expect(drawn[state, default: []] == state.successors, "\(state)")
        }
    }

    @Test(
        "what was admitted, how it ended, and its gates are not rewritten",
        arguments: [
            ("kind = 'access'", "content_stays"), ("integration_id = 'other'", "content_stays"),
            ("received_at = received_at - interval '1 day'", "content_stays"),
            ("admitted_at = null", "admission_stays"), ("requested_by = 'other'", "content_stays"),
            ("needs_identity = false", "gates_are_not_removed"), ("needs_approval = false", "gates_are_not_removed"),
            ("not_erased_before = null", "gates_are_not_removed"),
            ("not_erased_before = current_date", "gates_are_not_removed"),
            ("inserted_by = 'other'", "content_stays"), ("submitted_by = 'other'", "content_stays"),
            ("approved_by = 'ADA   lovelace'", "approval_takes_two"),
            ("approved_by = E' ADA \t  lovelace\n'", "approved_by_is_one_line"),
            ("approved_by = U&'Ada\\00A0Love\\200Blace'", "approved_by_is_one_line"),
            ("approved_by = U&'\\FF21da Lovelace'", "approval_takes_two"),
            // The role that inserted it, and no name.
            ("approved_by = 'Postgres'", "approval_takes_two"), ("approved_by = ' '", "approval_takes_two"),
            ("extension_told_on = notice_by + 1", "extension_is_told_in_the_first_month"),
            ("state = 'refused', finished_at = now()", "refusal_has_a_ground"),
            ("may_have_acted = true", nil),
        ] as [(String, String?)]
    )
    func untouchable(change: String, constraint: String?) async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.submit(.erasure, "customer-42", requestedBy: "Ada  Lovelace")
        let gates = GateRules(approvesErasures: true, erasureWaitDays: 7)
        try await database.run("update dsr.subject_requests set needs_identity = true")
        try await database.admit(run, gates: gates)
        try await database.run("update dsr.subject_requests set state = 'pending', waiting_for = null")
        if let constraint {
            let error = try await #require(throws: PostgresError.self) {
                try await database.run("update dsr.subject_requests set \(change)")
            }
            #expect(error.constraint == constraint)
        } else {
            try await database.run("update dsr.subject_requests set \(change)")
            // From then on it can be neither refused nor cancelled.
            for state in ["cancelled", "refused"] {
                let error = try await #require(throws: PostgresError.self) {
                    try await database.run(
                        """
                        update dsr.subject_requests
                        set state = '\(state)', finished_at = now(), refusal_ground = 'art12_6'
                        """
                    )
                }
                #expect(error.constraint == "no_refusal_of_what_may_be_done")
            }
        }
        #expect(try await database.column("state", of: id) == "pending")
    }

    @Test("a refusal can be taken back by SQL only on the terms of 'dsr requests reopen'")
    func reopening() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        let id = try await database.ready(.access, "customer-42", run: run)
        try await database.run(
            """
            update dsr.subject_requests
            set state = 'refused', finished_at = now(), refusal_ground = 'art12_6', refusal_told_on = current_date
            """
        )
        let reopen = "update dsr.subject_requests set state = 'pending', finished_at = null, refusal_ground = null"
        for (change, constraint) in [
            (reopen, "refusal_is_final_once_told"), (reopen + ", refusal_told_on = null", "refusal_is_final_once_told"),
            ("update dsr.subject_requests set refusal_told_on = null", "outcome_is_final"),
            ("update dsr.subject_requests set refusal_ground = 'art15_4'", "outcome_is_final"),
        ] {
            let error = try await #require(throws: PostgresError.self) { try await database.run(change) }
            #expect(error.constraint == constraint, "\(change)")
        }
        #expect(try await database.column("state", of: id) == "refused")
    }

    @Test("an outcome is final")
    func end() async throws {
        let database = try await Database.fresh()
        let run = try await database.begin()
        _ = try await database.ready(.access, "customer-42", run: run)
        let request = try #require(try await database.claim(run).first)
        _ = try await database.store.record([completion(of: request)], run: run)
        for change in ["outcome = 'no_data'", "finished_at = now() - interval '1 day'", "refusal_ground = 'art12_6'"] {
            let error = try await #require(throws: PostgresError.self) {
                try await database.run("update dsr.subject_requests set \(change)")
            }
            #expect(error.constraint == "outcome_is_final", "\(change)")
        }
        // Deleting the identifier is allowed.
        try await database.run("update dsr.subject_requests set integration_id = null")
    }
}
