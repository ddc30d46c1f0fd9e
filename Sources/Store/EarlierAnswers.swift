public import Foundation
import Postgres
public import SubjectRequests

/// An erasure that a request repeats.
public struct RepeatedErasure: Sendable, Hashable {
    /// The number of the latest completed erasure of the customer, and when it was completed.
    public let request: Int64, finishedAt: Date
    /// Whether it left the customer's record itself, so that a customer who registers anew has the old one.
    public let leftRecord: Bool
}

/// What earlier requests of the same customer found. These statements read only.
extension Store {
    /// The latest request of a customer that was answered with their data, where no erasure of them was completed after it:
    /// it contradicts the answer that Talon.One does not know them. Requests on another deployment do not count.
    ///
    /// - Parameters:
    ///   - digests: The digests of the identifier, one for each subject key.
    ///   - request: The request that asks, which does not count.
    public func earlierAnswer(to subject: SubjectID, digests: [Data], excluding request: Int64) async throws -> Int64? {
        try await rows(EarlierAnswerStatements.contradicting, [subject.value, digests, request]) { row in
            try row.decode("id", as: Int64.self)
        }.first
    }

    /// The erasure that a request repeats, after a restore of Talon.One or for an incident; `nil` where it repeats none.
    /// Where the customer was erased several times, the latest erasure counts.
    public func erasureRepeated(by request: Int64) async throws -> RepeatedErasure? {
        try await rows(EarlierAnswerStatements.repeated, [request]) { row in
            RepeatedErasure(
                request: try row.decode("id"),
                finishedAt: try row.decode("finished_at"),
                leftRecord: try row.decode("left_record")
            )
        }.first
    }
}

private enum EarlierAnswerStatements {
    // By the identifier, as long as it is stored, and by the digest. A completed erasure clears the identifier of all closed
    // requests of the customer, so that without a digest it leaves nothing that could contradict.
    static let contradicting = Statement(
        "look for an earlier answer with data",
        """
        with same as materialized (
            select r.id, r.kind, r.outcome, r.finished_at
            from dsr.subject_requests r
            where r.integration_id = $1 and r.state = 'completed' and r.id <> $3
            union
            select r.id, r.kind, r.outcome, r.finished_at
            from dsr.subject_requests r
            where r.subject_digest = any ($2::bytea[]) and r.state = 'completed' and r.id <> $3
        )
        select s.id
        from same s
        where s.outcome in ('exported', 'rectified')
          and s.finished_at >= (select d.pinned_at from dsr.deployment d)
          and not exists (
              select from same e
              where e.kind = 'erasure' and e.outcome in ('erased', 'record_remains', 'already_absent')
                and e.finished_at > s.finished_at
          )
        order by s.finished_at desc
        limit 1
        """
    )

    static let repeated = Statement(
        "read the erasure that a request repeats",
        """
        with repeated as materialized (
            select e.id, e.subject_digest, e.finished_at, e.outcome
            from dsr.subject_requests r
            left join dsr.incidents i on i.erased_by = r.id
            join dsr.subject_requests e on e.id = coalesce(r.replay_of, i.request_id)
            where r.id = $1
        )
        select id, finished_at, outcome = 'record_remains' as left_record from (
            select id, finished_at, outcome from repeated
            union
            select e.id, e.finished_at, e.outcome
            from repeated join dsr.subject_requests e on e.subject_digest = repeated.subject_digest
            where e.kind = 'erasure' and e.state = 'completed' and e.id <> $1
              and e.outcome in ('erased', 'record_remains', 'already_absent')
        ) as erasures
        order by finished_at desc
        limit 1
        """
    )
}
