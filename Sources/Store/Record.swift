public import Foundation
import Postgres
public import SubjectRequests

/// A document that commits together with the result it tells of.
public struct StoredDocument: Sendable {
    /// The file's name, free of personal data, unique for good.
    public let fileName: String
    /// Its media type, as in `application/json`.
    public let mediaType: String
    /// SHA-256 of the content, 32 bytes.
    public let sha256: Data
    /// The bytes.
    public let content: Data

    /// A document of a request or a run.
    public init(fileName: String, mediaType: String, sha256: Data, content: Data) {
        self.fileName = fileName
        self.mediaType = mediaType
        self.sha256 = sha256
        self.content = content
    }
}

/// What is to be recorded of one claim.
public struct ClaimResult: Sendable {
    /// The request, and the claim under which it was worked.
    public let request: Int64, claimNumber: Int
    /// Where the request goes: a final state, or back to `pending`.
    public var state: RequestState
    /// What was found out; `nil` where nothing was.
    public var outcome: Outcome?
    /// One sentence for people; no personal data.
    public var reason: String?
    /// For a request that goes back: not to be claimed again before so many seconds have passed.
    public var wait: Duration?
    /// Real failures, this one included.
    public var failures: Int
    /// An erasure call may have been carried out without an answer.
    public var mayHaveActed: Bool
    /// Calls made under this claim.
    public var calls: Int
    /// For residual data: which sections still hold what kind of thing, never values.
    public var remains: [String]
    /// For a rectification: names of attributes, where the evidence is to have them; never values.
    public var attributes: [String]
    /// For an erasure: how long the identifier is kept for another look, and when that look is due.
    public var recheck: Recheck?
    /// Whether what is kept of the person besides the evidence is to be forgotten: their erasure is final.
    public var forgetsSubject: Bool
    /// The documents.
    public var documents: [StoredDocument]

    /// A result of one claim.
    public init(
        of request: Int64,
        claim: Int,
        state: RequestState,
        outcome: Outcome? = nil,
        reason: String? = nil,
        wait: Duration? = nil,
        failures: Int = 0,
        mayHaveActed: Bool = false,
        calls: Int = 0,
        remains: [String] = [],
        attributes: [String] = [],
        recheck: Recheck? = nil,
        forgetsSubject: Bool = false,
        documents: [StoredDocument] = []
    ) {
        self.request = request
        self.claimNumber = claim
        self.state = state
        self.outcome = outcome
        self.reason = reason
        self.wait = wait
        self.failures = failures
        self.mayHaveActed = mayHaveActed
        self.calls = calls
        self.remains = remains
        self.attributes = attributes
        self.recheck = recheck
        self.forgetsSubject = forgetsSubject
        self.documents = documents
    }
}

/// One more look after an erasure.
public struct Recheck: Sendable, Hashable {
    /// When it is due, and until when the identifier may be kept for it, both from the erasure on.
    public var dueAfter: Duration, keptFor: Duration

    /// A look after some time.
    public init(dueAfter: Duration, keptFor: Duration) {
        self.dueAfter = dueAfter
        self.keptFor = keptFor
    }
}

extension Store {
    /// Records a group of results in one statement and one commit: state, outcome, documents, evidence, and the
    /// forgetting of the erased.
    ///
    /// - Returns: The requests whose result was accepted. One that is missing was taken by somebody else in the
    ///   meantime; nothing of it was written.
    /// - Throws: ``StoreError`` `.unstorable` where one of the group cannot be stored; nothing was written then.
    public func record(_ results: [ClaimResult], run: Int64) async throws(StoreError) -> Set<Int64> {
        let documents = results.flatMap { result in result.documents.map { (result.request, $0) } }
        let parameters: [any PostgresEncodable] = [
            run,
            results.map(\.request),
            results.map(\.claimNumber),
            results.map(\.state.rawValue),
            results.map { $0.outcome?.rawValue },
            results.map(\.reason),
            results.map { $0.wait.map(\.milliseconds) },
            results.map(\.failures),
            results.map(\.mayHaveActed),
            results.map(\.calls),
            results.map { $0.remains.isEmpty ? nil : $0.remains.joined(separator: "\n") },
            results.map { $0.attributes.isEmpty ? nil : $0.attributes.joined(separator: "\n") },
            results.map { $0.recheck?.dueAfter.milliseconds },
            results.map { $0.recheck?.keptFor.milliseconds },
            results.map(\.forgetsSubject),
            documents.map(\.0),
            documents.map(\.1.fileName),
            documents.map(\.1.mediaType),
            documents.map(\.1.sha256),
            documents.map(\.1.content),
        ]
        let recorded =
            if results.contains(where: \.forgetsSubject) {
                try await transaction { connection in
                    try connection.query(ForgettingLock.take)
                    return try connection.query(RecordStatements.record, parameters: parameters)
                }
            } else {
                try await query(RecordStatements.record, parameters)
            }
        do throws(PostgresError) {
            return Set(try recorded.map { row throws(PostgresError) in try row.decode("id", as: Int64.self) })
        } catch {
            throw StoreError(error)
        }
    }

    /// Of these results those that are recorded already, as the evidence tells: what was sent before a connection broke may
    /// have been committed without an answer.
    public func recorded(among results: [ClaimResult]) async throws(StoreError) -> Set<Int64> {
        Set(
            try await rows(
                RecordStatements.recorded,
                [results.map(\.request), results.map(\.claimNumber)]
            ) { row throws(PostgresError) in try row.decode("id", as: Int64.self) }
        )
    }
}

extension Duration {
    var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}

private enum RecordStatements {
    static let recorded = Statement(
        "look for recorded results",
        """
        select distinct r.id
        from unnest($1::bigint[], $2::int[]) as r (id, claim_no)
        join dsr.evidence_leaves l on l.request_id = r.id
        join dsr.evidence_payloads p using (index)
        where convert_from(p.payload, 'UTF8')::json ->> 'event' in ('recorded', 'returned')
          and (convert_from(p.payload, 'UTF8')::json ->> 'claim')::int = r.claim_no
        """
    )

    // The fence is (id, claim_no) and nothing else: claim_no only grows, so a result that comes late can never
    // land on a later claim. `subject` reads the identifier as it was before `hit` clears it, since all parts
    // of one statement see the same snapshot.
    static let record = Statement(
        "record results",
        """
        with result as materialized (
            select * from unnest(
                $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::int[], $9::bool[],
                $10::int[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::bool[]
            ) as r (
                id, claim_no, state, outcome, reason, wait_ms, failures, may_have_acted, calls, remains, attributes,
                recheck_ms, keep_ms, forgets
            )
        ), document as materialized (
            select * from unnest($16::bigint[], $17::text[], $18::text[], $19::bytea[], $20::bytea[])
                as d (request_id, file_name, media_type, sha256, content)
        ), subject as materialized (
            select q.id, q.integration_id, r.recheck_ms, r.keep_ms
            from result r join dsr.subject_requests q
              on q.id = r.id and q.claim_no = r.claim_no and q.state = 'running'
            where r.forgets
        ), hit as (
            update dsr.subject_requests q set
                state = r.state,
                outcome = r.outcome,
                reason = r.reason,
                failures = r.failures,
                losses = 0,
                may_have_acted = r.may_have_acted,
                not_before = clock_timestamp() + r.wait_ms * interval '1 millisecond',
                finished_at = case when r.state in ('completed', 'refused', 'failed') then clock_timestamp() end,
                integration_id = case when not r.forgets then q.integration_id end,
                changes = case when r.state in ('pending', 'failed') then q.changes end
            from result r
            where q.id = r.id and q.claim_no = r.claim_no and q.state = 'running'
            returning q.id, q.claim_no, q.kind, q.ticket, q.subject_commitment, r.state, r.outcome, r.calls,
                r.remains, r.attributes
        ), stored as (
            insert into dsr.reports (request_id, run_id, file_name, media_type, sha256, byte_count, content)
            select hit.id, $1, d.file_name, d.media_type, d.sha256, octet_length(d.content), d.content
            from document d join hit on hit.id = d.request_id
        ), same_subject as materialized (
            select s.id from subject s join hit on hit.id = s.id
            union
            select other.id
            from subject s
            join hit on hit.id = s.id
            join dsr.subject_requests other on other.integration_id = s.integration_id
            where other.state in ('completed', 'refused', 'cancelled', 'failed')
        ), rechecked as (
            insert into dsr.reappearance_checks (request_id, integration_id, due_at, drop_at)
            select s.id, s.integration_id, clock_timestamp() + s.recheck_ms * interval '1 millisecond',
                   clock_timestamp() + s.keep_ms * interval '1 millisecond'
            from subject s join hit on hit.id = s.id
            where s.recheck_ms is not null
        ), forgotten as (
            -- That an earlier call may have erased the person is settled as well: it was read back.
            update dsr.subject_requests q
            set integration_id = null, requested_by = null, changes = null, may_have_acted = false
            from same_subject s
            where q.id = s.id and q.state in ('completed', 'refused', 'cancelled', 'failed')
        ), unreasoned as (
            update dsr.decisions d set reason = '(dropped with the erasure)'
            from same_subject s
            where d.request_id = s.id and d.reason is not null
        ), unsalted as (
            delete from dsr.request_salts x using same_subject s where x.request_id = s.id
        ), emptied as (
            update dsr.reports x set content = null
            from same_subject s
            where x.request_id = s.id and x.delivered_at is not null
        ), entries as (
            select json_agg(json_build_object(
                'event', case when hit.state = 'pending' then 'returned' else 'recorded' end,
                'request', hit.id, 'right', hit.kind, 'claim', hit.claim_no,
                'state', hit.state, 'outcome', hit.outcome,
                'calls', hit.calls,
                'remains', to_json(string_to_array(hit.remains, E'\\n')),
                'attributes', to_json(string_to_array(hit.attributes, E'\\n')),
                'reports', (
                    select json_agg(json_build_object('name', d.file_name, 'sha256', encode(d.sha256, 'hex')))
                    from document d where d.request_id = hit.id
                ),
                'ticket', hit.ticket,
                'subject', encode(hit.subject_commitment, 'hex')
            ) order by hit.id) as list
            from hit
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select id from hit where exists (select from log)
        """
    )
}
