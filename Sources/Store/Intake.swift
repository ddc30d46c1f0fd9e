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
                changes: try row.decode("changes", as: String?.self)
            )
        }
    }

    /// What admission decided about one row.
    public struct Admitted: Sendable {
        let id: Int64
        let answerBy: CivilDate?
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
            case .admitted(let answerBy):
                self.answerBy = answerBy
                self.refusal = nil
            case .refused(let refusal):
                self.answerBy = nil
                self.refusal = refusal
            }
        }
    }

    /// How many rows of a batch became ready, waiting and refused.
    public struct AdmissionCounts: Sendable, Hashable {
        public var ready: Int, waiting: Int, refused: Int
    }

    /// Carries out a batch of verdicts: deadline, commitment, gate of the older request, and evidence, in one commit.
    public func admit(_ batch: [Admitted], run: Int64) async throws(StoreError) -> AdmissionCounts {
        let counts = try await rows(
            IntakeStatements.admit,
            [
                run, batch.map(\.id), batch.map { $0.answerBy.map(PostgresDate.init) },
                batch.map { $0.refusal?.reason }, batch.map(\.salt), batch.map(\.digest),
            ]
        ) { row throws(PostgresError) in
            AdmissionCounts(
                ready: try row.decode("ready"),
                waiting: try row.decode("waiting"),
                refused: try row.decode("refused")
            )
        }
        return counts.first ?? AdmissionCounts(ready: 0, waiting: 0, refused: 0)
    }

    /// Returns waiting rows to the queue whose older request is answered.
    ///
    /// - Returns: How many.
    public func releaseWaiting(run: Int64) async throws(StoreError) -> Int {
        try await rows(IntakeStatements.release, [run]) { row throws(PostgresError) in
            try row.decode("released", as: Int.self)
        }.first ?? 0
    }
}

extension PostgresDate {
    init(_ date: CivilDate) {
        self.init(year: date.year, month: date.month, day: date.day)
    }
}

private enum IntakeStatements {
    static let submit = Statement(
        "submit a request",
        """
        insert into dsr.subject_requests
            (kind, integration_id, received_at, ticket, requested_by, channel, changes)
        values ($1::text, $2::text, coalesce($3::timestamptz, now()), $4::text, $5::text, $6::text, $7::jsonb)
        returning id
        """
    )

    static let new = Statement(
        "read new requests",
        """
        select id, kind, integration_id, received_at, changes::text as changes
        from dsr.subject_requests
        where state = 'pending' and admitted_at is null and id > $1
          and ($3::bigint is null or id = $3)
        order by id
        limit $2
        """
    )

    // The rows are locked before they are updated, skipping those another run is admitting, so that two runs
    // share the work instead of waiting for each other.
    static let admit = Statement(
        "admit requests",
        """
        with verdict as materialized (
            select * from unnest($2::bigint[], $3::date[], $4::text[], $5::bytea[], $6::bytea[])
                as v (id, answer_by, refusal, salt, digest)
        ), mine as materialized (
            select v.id, v.answer_by, v.refusal, v.salt, v.digest, dsr.must_wait(r) as blocked
            from verdict v join dsr.subject_requests r on r.id = v.id
            where r.state = 'pending' and r.admitted_at is null
            for no key update of r skip locked
        ), salted as (
            insert into dsr.request_salts (request_id, salt)
            select id, salt from mine where refusal is null
        ), hit as (
            update dsr.subject_requests r set
                state = case when mine.refusal is not null then 'refused'
                             when mine.blocked then 'waiting' else 'pending' end,
                waiting_for = case when mine.refusal is null and mine.blocked then 'older_request' end,
                admitted_at = clock_timestamp(),
                answer_by = mine.answer_by,
                subject_commitment = case when mine.refusal is null
                    then sha256(mine.salt || convert_to(r.integration_id, 'UTF8')) end,
                subject_digest = mine.digest,
                reason = mine.refusal,
                finished_at = case when mine.refusal is not null then clock_timestamp() end,
                run_id = case when mine.refusal is not null then $1::bigint else r.run_id end
            from mine
            where r.id = mine.id
            returning r.id, r.state, r.waiting_for, r.ticket, r.subject_commitment,
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
                    'request', hit.id, 'right', kind, 'waiting_for', waiting_for,
                    'ticket', ticket, 'subject', encode(subject_commitment, 'hex')))
            ) as e (id, place, entry)
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select
            count(*) filter (where state = 'pending') as ready,
            count(*) filter (where state = 'waiting') as waiting,
            count(*) filter (where state = 'refused') as refused
        from hit
        where exists (select from log)
        """
    )

    static let release = Statement(
        "release waiting requests",
        """
        with free as materialized (
            select r.id from dsr.subject_requests r
            where r.state = 'waiting' and r.waiting_for = 'older_request' and not dsr.must_wait(r)
            for no key update of r skip locked
        ), hit as (
            update dsr.subject_requests r set state = 'pending', waiting_for = null
            from free where r.id = free.id
            returning r.id, r.kind, r.ticket, r.subject_commitment
        ), entries as (
            select json_agg(json_build_object(
                'event', 'ready', 'request', id, 'right', kind, 'ticket', ticket,
                'subject', encode(subject_commitment, 'hex')
            ) order by id) as list
            from hit
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select count(*) as released from hit where exists (select from log)
        """
    )
}
