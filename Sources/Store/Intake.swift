public import Foundation
import Postgres
public import SubjectRequests

/// A request as somebody puts it into the queue.
public struct Submission: Sendable {
    /// What is asked for, about whom.
    public var right: Right, subject: SubjectID
    /// When it reached the controller; `nil` for now, by the database's clock.
    public var receivedAt: Date?
    /// The ticket, who asked for it, and through which channel.
    public var ticket: String?, requestedBy: String?, channel: String?
    /// What is to be put right, for a rectification.
    public var changes: RequestedChanges?
    /// Whether somebody must check who asks, whatever the channel.
    public var needsIdentity = false

    /// A request for one right of one person.
    public init(
        right: Right,
        subject: SubjectID,
        receivedAt: Date? = nil,
        ticket: String? = nil,
        requestedBy: String? = nil,
        channel: String? = nil,
        changes: RequestedChanges? = nil
    ) {
        self.right = right
        self.subject = subject
        self.receivedAt = receivedAt
        self.ticket = ticket
        self.requestedBy = requestedBy
        self.channel = channel
        self.changes = changes
    }
}

extension Store {
    /// Puts a request into the queue.
    ///
    /// - Returns: Its number.
    /// - Throws: ``StoreError`` `.unstorable` where a rule of the table refuses it.
    public func submit(_ submission: Submission) async throws(StoreError) -> Int64 {
        let ids = try await rows(
            IntakeStatements.submit,
            [
                submission.right.rawValue, submission.subject.value, submission.receivedAt, submission.ticket,
                submission.requestedBy, submission.channel, submission.changes.map { PostgresJSON($0.json) },
                submission.needsIdentity,
            ]
        ) { row throws(PostgresError) in try row.decode("id", as: Int64.self) }
        guard let id = ids.first else { throw StoreError(.statement, "the insert returned no row") }
        return id
    }

    /// New rows after a number, in the order of their arrival.
    public func newRequests(after id: Int64, only: Int64? = nil, limit: Int) async throws(StoreError) -> [NewRequest] {
        try await rows(IntakeStatements.new, [id, limit, only]) { row throws(PostgresError) in
            NewRequest(
                id: try row.decode("id"),
                kind: try row.decode("kind"),
                integrationID: try row.decode("integration_id"),
                receivedAt: try row.decode("received_at"),
                changes: try row.decode("changes", as: String?.self),
                channel: try row.decode("channel", as: String?.self)
            )
        }
    }

    /// What admission decided about one row.
    public struct Admitted: Sendable {
        let id: Int64
        let deadline: Deadline?
        let needs: GateNeeds
        let refusal: InvalidRequest?
        let salt: Data
        let digest: Data?

        /// - Parameters:
        ///   - salt: 32 fresh random bytes, for the evidence's commitment to the subject.
        ///   - digest: HMAC-SHA256 of the identifier, where there is a key for it.
        public init(_ verdict: Admission.Verdict, on request: NewRequest, salt: Data, digest: Data? = nil) {
            self.id = request.id
            self.salt = salt
            self.digest = digest
            switch verdict {
            case .admitted(let deadline, let needs):
                self.deadline = deadline
                self.needs = needs
                self.refusal = nil
            case .refused(let refusal):
                self.deadline = nil
                self.needs = GateNeeds()
                self.refusal = refusal
            }
        }
    }

    /// Rows of a batch that a run has refused already: what was sent before a connection broke may have been committed.
    public func refused(among batch: [Admitted], by run: Int64) async throws(StoreError) -> Int {
        try await rows(IntakeStatements.refused, [batch.map(\.id), run]) { row throws(PostgresError) in
            try row.decode("count", as: Int.self)
        }.first ?? 0
    }

    /// How many rows of a batch became ready, waiting and refused.
    public struct AdmissionCounts: Sendable, Hashable {
        public var ready: Int, waiting: Int, refused: Int
    }

    /// Carries out a batch of verdicts: deadline, commitment, gates and evidence, in one commit.
    ///
    /// - Parameter keyID: Which key the digests were made with.
    public func admit(_ batch: [Admitted], keyID: Data? = nil, run: Int64) async throws(StoreError) -> AdmissionCounts {
        let parameters: [any PostgresEncodable] = [
            run, batch.map(\.id), batch.map(\.deadline?.answerBy), batch.map(\.deadline?.noticeBy),
            batch.map(\.deadline?.latestLawful), batch.map(\.deadline?.json), batch.map(\.deadline?.timeZone),
            batch.map(\.needs.identity), batch.map(\.needs.approval),
            batch.map { $0.needs.notErasedBefore }, batch.map { $0.refusal?.reason },
            batch.map(\.salt), batch.map(\.digest), keyID,
        ]
        return try await transaction { connection in
            let hit = try connection.query(IntakeStatements.admit, parameters: parameters)
            let admitted = try hit.filter { row in try !row.decode("refused", as: Bool.self) }
                .map { row in try row.decode("id", as: Int64.self) }
            // A statement of its own, so that it sees the rows as they are now.
            let gates = try GateCounts(
                connection.query(GateStatements.some, parameters: Author.run(run).parameters + [false, admitted])
            )
            return AdmissionCounts(
                ready: admitted.count - gates.closed,
                waiting: gates.closed,
                refused: hit.count - admitted.count
            )
        }
    }
}

extension Deadline {
    /// The deadline as it is stored, whole.
    var json: PostgresJSON {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return PostgresJSON(String(decoding: (try? encoder.encode(self)) ?? Data("null".utf8), as: UTF8.self))
    }
}

private enum IntakeStatements {
    static let submit = Statement(
        "submit a request",
        """
        insert into dsr.subject_requests
            (kind, integration_id, received_at, ticket, requested_by, channel, changes, needs_identity)
        values ($1::text, $2::text, coalesce($3::timestamptz, now()), $4::text, $5::text, $6::text, $7::jsonb, $8::bool)
        returning id
        """
    )

    static let new = Statement(
        "read new requests",
        """
        select id, kind, integration_id, received_at, changes::text as changes, channel
        from dsr.subject_requests
        where state = 'pending' and admitted_at is null and id > $1
          and ($3::bigint is null or id = $3)
        order by id
        limit $2
        """
    )

    static let refused = Statement(
        "count refused requests",
        """
        select count(*) as count from dsr.subject_requests
        where id = any($1::bigint[]) and state = 'refused' and run_id = $2 and refusal_ground is null
        """
    )

    // The rows are locked before they are updated, skipping those another run is admitting, so that two runs
    // share the work instead of waiting for each other. What is to be repeated was checked and approved before.
    static let admit = Statement(
        "admit requests",
        """
        with verdict as materialized (
            select * from unnest(
                $2::bigint[], $3::date[], $4::date[], $5::date[], $6::json[], $7::text[], $8::bool[], $9::bool[],
                $10::date[], $11::text[], $12::bytea[], $13::bytea[]
            ) as v (
                id, answer_by, notice_by, latest_lawful, deadline, time_zone, identity, approval, not_before_day, refusal,
                salt, digest
            )
        ), mine as materialized (
            select v.*
            from verdict v join dsr.subject_requests r on r.id = v.id
            where r.state = 'pending' and r.admitted_at is null
            for no key update of r skip locked
        ), salted as (
            insert into dsr.request_salts (request_id, salt)
            select id, salt from mine where refusal is null
        ), hit as (
            update dsr.subject_requests r set
                state = case when mine.refusal is not null then 'refused' else 'pending' end,
                admitted_at = clock_timestamp(),
                time_zone = mine.time_zone,
                notice_by = mine.notice_by,
                answer_by = mine.answer_by,
                latest_lawful = mine.latest_lawful,
                deadline = mine.deadline,
                needs_identity = r.needs_identity or (mine.identity and r.replay_of is null),
                needs_approval = r.needs_approval or (mine.approval and r.replay_of is null),
                not_erased_before = case when r.replay_of is null then mine.not_before_day end,
                subject_commitment = case when mine.refusal is null
                    then sha256(mine.salt || convert_to(r.integration_id, 'UTF8')) end,
                subject_digest = mine.digest,
                subject_key_id = case when mine.digest is not null then $14::bytea end,
                reason = mine.refusal,
                finished_at = case when mine.refusal is not null then clock_timestamp() end,
                run_id = case when mine.refusal is not null then $1::bigint else r.run_id end
            from mine
            where r.id = mine.id
            returning r.id, r.state, r.ticket, r.subject_commitment, r.answer_by,
                to_char(r.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as received_at,
                -- An unknown kind is the inserter's text, and stays out of the evidence.
                case when r.kind in ('access', 'portability', 'rectification', 'erasure') then r.kind end as kind
        ), entries as (
            select json_agg(e.entry order by e.id, e.place) as list
            from hit, lateral (values
                (hit.id, 1, json_build_object(
                    'event', 'received', 'request', hit.id, 'right', kind, 'received_at', received_at,
                    'ticket', ticket, 'subject', encode(subject_commitment, 'hex'))),
                (hit.id, 2, json_build_object(
                    'event', case state when 'pending' then 'admitted' else state end,
                    'request', hit.id, 'right', kind, 'answer_by', answer_by,
                    'ticket', ticket, 'subject', encode(subject_commitment, 'hex')))
            ) as e (id, place, entry)
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select id, state = 'refused' as refused
        from hit
        where exists (select from log)
        """
    )
}
