public import Foundation
import Postgres
public import SubjectRequests

/// A new row and the verdict of admission on it.
public struct AdmittedRequest: Sendable {
    let id: Int64
    let deadline: Deadline?
    let needs: GateNeeds
    let refusal: InvalidRequest?
    let salt: Data
    let digest: Data?

    /// - Parameters:
    ///   - salt: 32 fresh random bytes, for the commitment to the subject in the evidence log.
    ///   - digest: HMAC-SHA256 of the identifier, where there is a subject key.
    public init(_ verdict: Admission.Verdict, on request: NewRequest, salt: Data, digest: Data? = nil) {
        self.id = request.id
        self.salt = salt
        self.digest = digest
        switch verdict {
        case .admitted(_, let deadline, let needs):
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

/// Counts of rows that became ready, that wait, and that were refused at their admission.
public struct AdmissionCounts: Sendable, Hashable {
    /// Rows by the state they moved to.
    public var ready: Int, waiting: Int, refused: Int

    /// Counts.
    public init(ready: Int = 0, waiting: Int = 0, refused: Int = 0) {
        self.ready = ready
        self.waiting = waiting
        self.refused = refused
    }
}

extension Store {
    /// New rows after a number, in the order of their arrival.
    public func newRequests(after id: Int64, only: Int64? = nil, limit: Int) async throws -> [NewRequest] {
        try await rows(AdmissionStatements.new, [id, limit, only]) { row in
            NewRequest(
                id: try row.decode("id"),
                kind: try row.decode("kind"),
                integrationID: try row.decode("integration_id"),
                receivedAt: try row.decode("received_at"),
                changes: try row.decode("changes"),
                channel: try row.decode("channel")
            )
        }
    }

    /// Stores a batch of verdicts in one commit: deadlines, commitments, gates and log entries.
    ///
    /// - Parameter keyID: The key that the digests were made with.
    public func admit(
        _ batch: [AdmittedRequest],
        keyID: Data? = nil,
        by author: Author
    ) async throws -> AdmissionCounts {
        let parameters = author.parameters + [keyID] + AdmissionStatements.verdicts.parameters(batch)
        return try await transaction { connection in
            let hit = try connection.query(AdmissionStatements.admit, parameters: parameters)
            let admitted = try hit.filter { row in try !row.decode("refused", as: Bool.self) }
                .map { row in try row.decode("id", as: Int64.self) }
            // A statement of its own, so that it sees the rows as they are now.
            let gates = try GateCounts(
                connection.query(GateStatements.some, parameters: author.parameters + [false, admitted])
            )
            return AdmissionCounts(
                ready: admitted.count - gates.closed,
                waiting: gates.closed,
                refused: hit.count - admitted.count
            )
        }
    }

    /// The number of rows of a batch that a run has refused already: what was sent before a connection broke may have
    /// been committed without an answer.
    public func refused(among batch: [AdmittedRequest], by run: Int64) async throws -> Int {
        try await row(AdmissionStatements.refused, [batch.map(\.id), run]) { row in try row.decode("count") }
    }
}

extension Deadline {
    /// The deadline with its steps, as it is stored.
    var json: PostgresJSON? { try? PostgresJSON(encoding: self) }

    /// The deadline as it was stored; `nil` where the text is not one.
    init?(_ json: PostgresJSON) {
        guard let deadline = try? JSONDecoder().decode(Deadline.self, from: Data(json.text.utf8)) else { return nil }
        self = deadline
    }
}

private enum AdmissionStatements {
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

    static let verdicts = ParameterTable<AdmittedRequest>(
        from: 4,
        [
            .init("id", "bigint") { $0.id },
            .init("answer_by", "date") { $0.deadline?.answerBy },
            .init("notice_by", "date") { $0.deadline?.noticeBy },
            .init("latest_lawful", "date") { $0.deadline?.latestLawful },
            .init("deadline", "json") { $0.deadline?.json },
            .init("time_zone", "text") { $0.deadline?.timeZone },
            .init("identity", "bool") { $0.needs.identity },
            .init("approval", "bool") { $0.needs.approval },
            .init("not_erased_before", "date") { $0.needs.notErasedBefore },
            .init("refusal", "text") { $0.refusal?.reason },
            .init("salt", "bytea") { $0.salt },
            .init("digest", "bytea") { $0.digest },
        ]
    )

    // The rows are locked before they are updated, skipping those that another run is admitting, so that two runs share
    // the work instead of waiting for each other. A replay was checked and approved the first time.
    static let admit = Statement(
        "admit requests",
        """
        with verdict as materialized (
            select * from \(verdicts.source("v"))
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
                not_erased_before = case when r.replay_of is null then mine.not_erased_before end,
                subject_commitment = case when mine.refusal is null
                    then sha256(mine.salt || convert_to(r.integration_id, 'UTF8')) end,
                subject_digest = mine.digest,
                subject_key_id = case when mine.digest is not null then $3::bytea end,
                reason = mine.refusal,
                finished_at = case when mine.refusal is not null then clock_timestamp() end,
                run_id = case when mine.refusal is not null then $1::bigint else r.run_id end
            from mine
            where r.id = mine.id
            returning r as request, r.id, r.state, r.answer_by,
                to_char(r.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as received_at
        ), entries as (
            select json_agg(e.entry order by e.id, e.place) as list
            from hit, lateral (values
                (hit.id, 1, dsr.leaf('received', hit.request, jsonb_build_object('received_at', hit.received_at))),
                (hit.id, 2, dsr.leaf(
                    case hit.state when 'pending' then 'admitted' else hit.state end, hit.request,
                    jsonb_build_object('answer_by', hit.answer_by)))
            ) as e (id, place, entry)
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1, $2::json) from entries
        )
        select id, state = 'refused' as refused
        from hit
        where exists (select from log)
        """
    )
}
