import Foundation
import Postgres
public import SubjectRequests

extension Store {
    /// Records a group of resolutions in one statement and one commit: state, outcome, documents, log entries, and for
    /// final erasures the deletion of what is kept about the subject.
    ///
    /// - Returns: The requests whose resolution was accepted. A request that is missing is held by another run by now;
    ///   nothing about it was written.
    /// - Throws: ``StoreError`` `.unstorable` where one of the group cannot be stored; nothing was written then.
    public func record(_ resolutions: [Resolution], run: Int64) async throws -> Set<Int64> {
        let documents = resolutions.flatMap { resolution in
            resolution.documents.map { RecordStatements.OwnedDocument(request: resolution.claim.request, $0) }
        }
        let parameters: [any PostgresEncodable] =
            [run] + RecordStatements.resolutions.parameters(resolutions)
            + RecordStatements.documents.parameters(documents)
        let accepted =
            if resolutions.contains(where: \.forgetsSubject) {
                try await transaction { connection in
                    try connection.query(AdvisoryLock.forgetting.take)
                    return try connection.query(RecordStatements.record, parameters: parameters)
                }
            } else {
                try await query(RecordStatements.record, parameters)
            }
        return Set(try accepted.map { row in try row.decode("id", as: Int64.self) })
    }

    /// The requests among these resolutions that are recorded already: what was sent before a connection broke may have
    /// been committed without an answer.
    public func recorded(among resolutions: [Resolution]) async throws -> Set<Int64> {
        let claims = RecordStatements.claims.parameters(resolutions.map(\.claim))
        return Set(try await rows(RecordStatements.recorded, claims) { row in try row.decode("id", as: Int64.self) })
    }
}

private enum RecordStatements {
    static let claims = ParameterTable<Claim>(
        from: 1,
        [
            .init("id", "bigint") { $0.request },
            .init("claim_no", "int") { $0.number },
        ]
    )

    static let recorded = Statement(
        "look for recorded results",
        """
        select distinct r.id
        from \(claims.source("r"))
        join dsr.evidence_leaves l on l.request_id = r.id and l.claim_no = r.claim_no
        where l.event in ('recorded', 'returned')
        """
    )

    static let resolutions = ParameterTable<Resolution>(
        from: 2,
        [
            .init("id", "bigint") { $0.claim.request },
            .init("claim_no", "int") { $0.claim.number },
            .init("state", "text") { $0.state.rawValue },
            .init("waiting_for", "text") { $0.waitingFor?.rawValue },
            .init("outcome", "text") { $0.outcome?.rawValue },
            .init("reason", "text") { $0.reason },
            .init("wait_ms", "bigint") { $0.wait?.milliseconds },
            .init("failures", "int") { $0.failures },
            .init("may_have_acted", "bool") { $0.mayHaveActed },
            .init("calls", "int") { $0.calls },
            .init("remains", "json") { PostgresJSON(list: $0.remains) },
            .init("attributes", "json") { PostgresJSON(list: $0.attributes) },
            .init("recheck_ms", "bigint") { $0.recheck?.dueAfter.milliseconds },
            .init("keep_ms", "bigint") { $0.recheck?.keptFor.milliseconds },
            .init("forgets", "bool") { $0.forgetsSubject },
            .init("kept_ms", "bigint") { $0.identifierKeptFor?.milliseconds },
            .init("is_known", "bool") { $0.isKnownCustomer },
        ]
    )

    /// A document and the request that it answers.
    struct OwnedDocument {
        let request: Int64, document: Document

        init(request: Int64, _ document: Document) {
            self.request = request
            self.document = document
        }
    }

    static let documents = ParameterTable<OwnedDocument>(
        from: resolutions.next,
        [
            .init("request_id", "bigint") { $0.request },
            .init("file_name", "text") { $0.document.fileName },
            .init("media_type", "text") { $0.document.mediaType },
            .init("sha256", "bytea") { $0.document.sha256 },
            .init("content", "bytea") { $0.document.content },
        ]
    )

    // The fence is (id, claim_no) and nothing else: claim_no only grows, so a late result can never land on a later
    // claim. `hit` clears the row of the erasure itself, and `forgotten` the closed rows of the same subject. `subject`
    // reads the identifier as it was before `hit` clears it, since all parts of one statement see the same snapshot.
    static let record = Statement(
        "record results",
        """
        with result as materialized (
            select * from \(resolutions.source("r"))
        ), document as materialized (
            select * from \(documents.source("d", numbered: "place"))
        ), subject as materialized (
            select q.id, q.integration_id, r.recheck_ms, r.keep_ms
            from result r join dsr.subject_requests q
              on q.id = r.id and q.claim_no = r.claim_no and q.state = 'running'
            where r.forgets
        ), hit as (
            update dsr.subject_requests q set
                state = r.state,
                waiting_for = r.waiting_for,
                outcome = r.outcome,
                reason = r.reason,
                failures = r.failures,
                crashed_runs = 0,
                may_have_acted = r.may_have_acted,
                not_before = clock_timestamp() + r.wait_ms * interval '1 millisecond',
                finished_at = case when dsr.is_closed(r.state) then clock_timestamp() end,
                integration_id = case when not r.forgets then q.integration_id end,
                requested_by = case when not r.forgets then q.requested_by end,
                forget_at = clock_timestamp() + r.kept_ms * interval '1 millisecond',
                changes = case when r.state in ('pending', 'waiting', 'failed') then q.changes end
            from result r
            where q.id = r.id and q.claim_no = r.claim_no and q.state = 'running'
            returning q as request, q.id, q.claim_no, r.state, r.waiting_for, r.outcome, r.calls, r.remains, r.attributes,
                r.is_known
        ), first_known as (
            update dsr.deployment set customer_known_at = clock_timestamp()
            where customer_known_at is null and exists (select from hit where is_known)
        ), stored as (
            insert into dsr.reports (request_id, run_id, file_name, media_type, sha256, byte_count, content)
            select hit.id, $1, d.file_name, d.media_type, d.sha256, octet_length(d.content), d.content
            from document d join hit on hit.id = d.request_id
            order by d.place
        ), same_subject as materialized (
            select s.id from subject s join hit on hit.id = s.id
            union
            select other.id
            from subject s
            join hit on hit.id = s.id
            join dsr.subject_requests other on other.integration_id = s.integration_id
            where dsr.is_closed(other.state)
        ), recheck as (
            insert into dsr.rechecks (request_id, integration_id, due_at, drop_at)
            select s.id, s.integration_id, clock_timestamp() + s.recheck_ms * interval '1 millisecond',
                   clock_timestamp() + s.keep_ms * interval '1 millisecond'
            from subject s join hit on hit.id = s.id
            where s.recheck_ms is not null
        ), \(ForgettingStatements.parts), entries as (
            select json_agg(dsr.leaf(
                case when hit.state in ('pending', 'waiting') then 'returned' else 'recorded' end, hit.request,
                jsonb_build_object(
                    'claim', hit.claim_no, 'state', hit.state, 'waiting_for', hit.waiting_for,
                    'outcome', hit.outcome, 'calls', hit.calls,
                    'remains', hit.remains, 'attributes', hit.attributes,
                    'reports', (
                        select jsonb_agg(jsonb_build_object('name', d.file_name, 'sha256', encode(d.sha256, 'hex'))
                                        order by d.place)
                        from document d where d.request_id = hit.id
                    ))
            ) order by hit.id) as list
            from hit
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select id from hit where exists (select from log)
        """
    )
}
