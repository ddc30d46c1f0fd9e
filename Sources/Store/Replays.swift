public import Foundation
import Postgres
public import SubjectRequests

extension Store {
    /// What a batch of identifiers came to in a replay.
    public struct ReplayCounts: Sendable, Hashable {
        /// People among them who were erased since the instant, and erasures queued for them now.
        public var matched = 0, queued = 0

        /// Nothing yet.
        public init() {}
    }

    /// Queues the erasure again of everybody in a batch who was erased since an instant. Asked for twice, it is queued once.
    ///
    /// - Parameter people: Identifiers and their digests.
    public func replay(
        _ people: [(subject: SubjectID, digest: Data)],
        since instant: Date,
        ticket: String,
        requestedBy: String
    ) async throws(StoreError) -> ReplayCounts {
        let counts = try await rows(
            ReplayStatements.queue,
            [people.map(\.digest), people.map(\.subject.value), instant, ticket, requestedBy]
        ) { row throws(PostgresError) in
            var counts = ReplayCounts()
            counts.matched = try row.decode("matched")
            counts.queued = try row.decode("queued")
            return counts
        }
        return counts.first ?? ReplayCounts()
    }

    /// Erasures since an instant that cannot be repeated so far.
    public struct Unreplayed: Sendable, Hashable {
        /// People whose identifier was not given.
        public let notGiven: Int
        /// Erasures without a digest of the present key: whom they were about nobody can tell any more.
        public let notRecognisable: Int
    }

    /// Counts the erasures since an instant that no replay since that instant repeats.
    public func unreplayed(since instant: Date, key: Data) async throws(StoreError) -> Unreplayed {
        try await rows(ReplayStatements.rest, [instant, key]) { row throws(PostgresError) in
            Unreplayed(notGiven: try row.decode("not_given"), notRecognisable: try row.decode("not_recognisable"))
        }.first ?? Unreplayed(notGiven: 0, notRecognisable: 0)
    }
}

private enum ReplayStatements {
    // Erasures of ours that a restore to the instant has undone, repeated ones among them; the oldest of each person, so
    // that it is the same whenever this is asked.
    static let queue = Statement(
        "queue erasures again",
        """
        with given as materialized (
            select * from unnest($1::bytea[], $2::text[]) as g (digest, integration_id)
        ), erased as materialized (
            select distinct on (r.subject_digest) r.id, g.integration_id
            from given g join dsr.subject_requests r on r.subject_digest = g.digest
            where r.kind = 'erasure' and r.outcome in ('erased', 'already_absent') and r.finished_at >= $3
            order by r.subject_digest, r.id
        ), queued as (
            insert into dsr.subject_requests
                (kind, integration_id, ticket, requested_by, channel, replay_of, replay_since)
            select 'erasure', e.integration_id, $4, $5, 'replay', e.id, $3 from erased e
            on conflict (replay_of, replay_since) where replay_of is not null do nothing
            returning id
        )
        select (select count(*) from erased) as matched, (select count(*) from queued) as queued
        """
    )

    static let rest = Statement(
        "count erasures not queued again",
        """
        select
            count(distinct r.subject_digest) filter (where r.subject_key_id = $2 and not replayed) as not_given,
            count(*) filter (where r.subject_key_id is distinct from $2) as not_recognisable
        from dsr.subject_requests r, lateral (
            select exists (
                select from dsr.subject_requests o join dsr.subject_requests p on p.replay_of = o.id
                where o.subject_digest = r.subject_digest and p.replay_since = $1
            ) as replayed
        ) x
        where r.kind = 'erasure' and r.outcome in ('erased', 'already_absent') and r.finished_at >= $1
        """
    )
}
