public import Foundation
import Postgres
public import SubjectRequests

/// Counts of a batch of identifiers in a replay.
public struct ReplayCounts: Sendable, Hashable {
    /// Customers among them who were erased since the instant, and erasures queued for them now.
    public var matched = 0, queued = 0

    /// Zero counts.
    public init() {}
}

/// Erasures since an instant that no replay since that instant repeats.
public struct Unreplayed: Sendable, Hashable {
    /// Customers whose identifier was not given.
    public let notGiven: Int
    /// Erasures without a digest under one of the subject keys. They cannot be matched with an identifier.
    public let notRecognisable: Int
}

extension Store {
    /// Queues another erasure of each customer in a batch who was erased since an instant. Idempotent.
    ///
    /// - Parameter subjects: Identifiers and their digests; one for each key, if there are several.
    public func replay(
        _ subjects: [(subject: SubjectID, digest: Data)],
        since instant: Date,
        ticket: String,
        requestedBy: String
    ) async throws -> ReplayCounts {
        try await row(
            ReplayStatements.queue,
            [subjects.map(\.digest), subjects.map(\.subject.value), instant, ticket, requestedBy]
        ) { row in
            var counts = ReplayCounts()
            counts.matched = try row.decode("matched")
            counts.queued = try row.decode("queued")
            return counts
        }
    }

    /// Counts the erasures since an instant that no replay since that instant repeats.
    ///
    /// - Parameters:
    ///   - key: The key of the digests with which the replay was made.
    ///   - olderKeys: Earlier keys, with which it was made too.
    public func unreplayed(since instant: Date, key: Data, olderKeys: [Data] = []) async throws -> Unreplayed {
        try await row(ReplayStatements.rest, [instant, [key] + olderKeys]) { row in
            Unreplayed(notGiven: try row.decode("not_given"), notRecognisable: try row.decode("not_recognisable"))
        }
    }
}

extension Store {
    /// Whether a customer was erased before, as far as digests of the identifier tell.
    ///
    /// - Parameter request: The request that asks, which does not count.
    public func hasErased(digests: [Data], excluding request: Int64) async throws -> Bool {
        try await row(ReplayStatements.wasErased, [digests, request]) { row in try row.decode("found") }
    }
}

private enum ReplayStatements {
    static let queue = Statement(
        "queue erasures again",
        "select * from dsr.queue_replays($1::bytea[], $2::text[], $3, $4, $5, $5)"
    )

    static let wasErased = Statement(
        "look for an earlier erasure of a customer",
        """
        select exists (
            select from dsr.subject_requests r
            where r.subject_digest = any ($1::bytea[]) and r.id <> $2 and r.kind = 'erasure'
              and r.outcome in ('erased', 'record_remains', 'already_absent')
        ) as found
        """
    )

    static let rest = Statement(
        "count erasures not queued again",
        """
        select
            count(distinct r.subject_digest) filter (where r.subject_key_id = any($2::bytea[]) and not replayed) as not_given,
            count(*) filter (where coalesce(r.subject_key_id <> all($2::bytea[]), true)) as not_recognisable
        from dsr.subject_requests r, lateral (
            select exists (
                select from dsr.subject_requests o join dsr.subject_requests p on p.replay_of = o.id
                where o.subject_digest = r.subject_digest and p.replay_since = $1
            ) as replayed
        ) x
        where r.kind = 'erasure' and r.outcome in ('erased', 'record_remains', 'already_absent') and r.finished_at >= $1
        """
    )
}
