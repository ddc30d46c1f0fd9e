import Foundation
import Postgres
import Store
import SubjectRequests
import Testing

@Suite("Rules of an insert")
struct InsertRulesTests {
    /// What an insert is told: `accepted`, or the constraint and the message.
    private func answer(to values: String, in database: Database) async throws -> String? {
        try await database.run(
            """
            create or replace function pg_temp.answer(statement text) returns text language plpgsql as $$
            declare
                message text;
                rule text;
            begin
                execute statement;
                return 'accepted';
            exception when others then
                get stacked diagnostics message = message_text, rule = constraint_name;
                return rule || ': ' || message;
            end
            $$
            """
        )
        return try await database.text("select pg_temp.answer($1)", "insert into dsr.subject_requests \(values)")
    }

    @Test("a kind and an integration_id are enough for a request")
    func whole() async throws {
        let database = try await Database.fresh()
        try await database.run(
            "insert into dsr.subject_requests (kind, integration_id) values ('access', 'customer-42')"
        )
        let row = try #require(try await database.store.requests(state: .pending, limit: 10).first)
        #expect(row.kind == "access" && row.claimNumber == 0 && row.failures == 0 && row.hasSubject)
        #expect(abs(row.receivedAt.timeIntervalSinceNow) < 60)
        let new = try await database.store.newRequests(after: 0, limit: 10)
        #expect(new.map(\.integrationID) == ["customer-42"])
        #expect(try await database.admit(try await database.begin()).ready == 1)
    }

    @Test(
        "a row that can never be processed is rejected, with the name of the rule and a message",
        arguments: [
            ("(kind, integration_id) values ('deletion', 'c')", "kind_is_known: unknown kind of request"),
            ("(kind, integration_id) values ('Access', 'c')", "kind_is_known: unknown kind of request"),
            (
                "(kind, integration_id) values ('access', '')",
                "integration_id_is_addressable: the integration_id is empty"
            ),
            (
                "(kind, integration_id) values ('access', '.')",
                "integration_id_is_addressable: the integration_id is a dot segment, which cannot be part of a URL"
            ),
            (
                "(kind, integration_id) values ('access', '..')",
                "integration_id_is_addressable: the integration_id is a dot segment, which cannot be part of a URL"
            ),
            (
                "(kind) values ('access')",
                "integration_id_is_addressable: the integration_id is empty"
            ),
            (
                "(kind, integration_id) values ('access', repeat('x', 1001))",
                "integration_id_is_addressable: the integration_id is longer than 1,000 characters"
            ),
            (
                "(kind, integration_id) values ('access', repeat('😀', 1001))",
                "integration_id_is_addressable: the integration_id is longer than 1,000 characters"
            ),
            (
                "(kind, integration_id) values ('access', ' customer-42')",
                "integration_id_is_addressable: the integration_id begins or ends with white space"
            ),
            (
                "(kind, integration_id) values ('access', 'customer-42'||U&'\\200B')",
                "integration_id_is_addressable: the integration_id contains U+200B; control characters, invisible "
                    + "characters and blanks other than U+0020 are not allowed"
            ),
            (
                "(kind, integration_id, received_at) values ('access', 'c', now() + interval '1 day')",
                "received_at_is_past: received_at is in the future"
            ),
            (
                "(kind, integration_id, received_at) values ('access', 'c', 'infinity')",
                "received_at_is_past: received_at is in the future"
            ),
            (
                "(kind, integration_id, received_at) values ('access', 'c', '-infinity')",
                "received_at_is_plausible: received_at is before 1970"
            ),
            (
                "(kind, integration_id, received_at) values ('access', 'c', '0044-03-15 BC')",
                "received_at_is_plausible: received_at is before 1970"
            ),
            (
                "(kind, integration_id) values ('rectification', 'c')",
                "rectification_has_changes: a rectification needs changes"
            ),
            (
                "(kind, integration_id, changes) values ('rectification', 'c', '{}')",
                "rectification_has_changes: a rectification needs changes"
            ),
            (
                "(kind, integration_id, changes) values ('rectification', 'c', '[1]')",
                "rectification_has_changes: a rectification needs changes"
            ),
            (
                "(kind, integration_id, changes) values ('rectification', 'c', 'null')",
                "rectification_has_changes: a rectification needs changes"
            ),
            (
                "(kind, integration_id, changes) values ('erasure', 'c', '{\"a\":1}')",
                "only_rectification_has_changes: only a rectification has changes"
            ),
            (
                "(kind, integration_id, ticket) values ('access', 'c', 'ada@example.com')",
                "ticket_is_a_reference: ticket is not a reference of up to 100 letters, digits and . _ : / # -"
            ),
            (
                "(kind, integration_id, ticket) values ('access', 'c', 'Ada Lovelace')",
                "ticket_is_a_reference: ticket is not a reference of up to 100 letters, digits and . _ : / # -"
            ),
            (
                "(kind, integration_id, ticket) values ('access', 'c', E'HD-1\\n')",
                "ticket_is_a_reference: ticket is not a reference of up to 100 letters, digits and . _ : / # -"
            ),
            (
                "(kind, integration_id, ticket) values ('access', 'c', repeat('1', 101))",
                "ticket_is_a_reference: ticket is not a reference of up to 100 letters, digits and . _ : / # -"
            ),
            (
                "(kind, integration_id, ticket) values ('access', 'ada.lovelace', 'HD-ada.lovelace-1')",
                "ticket_is_a_reference: ticket contains the integration_id"
            ),
            (
                "(kind, integration_id, state, outcome, finished_at) values ('access', 'c', 'completed', 'x', now())",
                "new_request_is_pending: a new request is pending and has no result"
            ),
            (
                "(kind, integration_id, state, waiting_for) values ('access', 'c', 'waiting', 'older_request')",
                "new_request_is_pending: a new request is pending and has no result"
            ),
            (
                "(kind, integration_id, claim_no) values ('access', 'c', 1)",
                "new_request_is_pending: a new request is pending and has no result"
            ),
            (
                #"(kind, integration_id, changes) values ('rectification', 'c', '{"a":"\\\u0000"}')"#,
                "changes_are_storable: a text in changes has the character U+0000"
            ),
            (
                "(kind, integration_id, admitted_at) values ('access', 'c', now())",
                "new_request_is_pending: a new request is pending and has no result"
            ),
        ]
    )
    func refused(values: String, message: String) async throws {
        let database = try await Database.fresh()
        #expect(try await answer(to: values, in: database) == message)
        #expect(try await database.number("select count(*) from dsr.subject_requests") == 0)
    }

    @Test("unusual values are accepted, and can be admitted, claimed and recorded")
    func accepted() async throws {
        let database = try await Database.fresh()
        let unusual = [
            "(kind, integration_id) values ('access', repeat('x', 1000))",
            // 4,000 bytes, more than an entry of a B-tree holds.
            "(kind, integration_id) values ('access', repeat('😀', 1000))",
            "(kind, integration_id) values ('erasure', 'a/b?c#d%2F ''\"')",
            "(kind, integration_id, changes) values ('rectification', 'c1', '{\"a\":null}')",
            #"(kind, integration_id, changes) values ('rectification', 'c5', '{"a":"\\u0000"}')"#,
            "(kind, integration_id, ticket) values ('access', 'c2', 'HD-4711/2026:a_b.c#7')",
            "(kind, integration_id, ticket) values ('access', 'abc', 'abc-1')",
            "(kind, integration_id, received_at) values ('access', 'c3', now() + interval '4 minutes')",
            "(kind, integration_id, received_at) values ('access', 'c4', '2019-02-28T23:59:59+14')",
        ]
        for values in unusual {
            #expect(try await answer(to: values, in: database) == "accepted", "\(values)")
        }
        let run = try await database.begin()
        #expect(try await database.admit(run).ready == unusual.count)
        let claimed = try await database.claim(run)
        #expect(claimed.count == unusual.count)
        let recorded = try await database.store.record(
            claimed.map { completion(of: $0) },
            run: run
        )
        #expect(recorded.count == unusual.count)
    }

    @Test(
        "a submission that the table rejects is unstorable, and the error contains nothing of it",
        arguments: [
            (Right.access, Date.now + 86_400, nil, nil, "received_at_is_past"),
            (.rectification, nil, nil, nil, "rectification_has_changes"),
            (.erasure, nil, nil, #"{"secretName":"secretValue"}"#, "only_rectification_has_changes"),
            (.access, nil, "secret@example.com", nil, "ticket_is_a_reference"),
            (.access, nil, "HD-secret.person", nil, "ticket_is_a_reference"),
            (.access, nil, "secret\u{0}", nil, nil),
        ] as [(Right, Date?, String?, String?, String?)]
    )
    func unstorable(
        right: Right,
        receivedAt: Date?,
        ticket: String?,
        changes: String?,
        constraint: String?
    ) async throws {
        let database = try await Database.fresh()
        let submission = Submission(
            right: right,
            subject: try SubjectID("secret.person"),
            receivedAt: receivedAt,
            ticket: ticket,
            requestedBy: "secret-requester",
            channel: "secret-channel",
            changes: try changes.map { try RequestedChanges(json: $0) }
        )
        let error = try await #require(throws: StoreError.self) { _ = try await database.store.submit(submission) }
        #expect(error.code == .unstorable)
        #expect(error.cause?.constraint == constraint)
        for text in [error.description, "\(error)", String(reflecting: error)] {
            #expect(!text.lowercased().contains("secret"))
        }
    }
}
