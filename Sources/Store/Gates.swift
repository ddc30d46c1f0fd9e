public import Foundation
import Postgres
public import SubjectRequests

/// Counts of rows that returned to the queue because their gates are open, and of rows that wait for a gate now.
public struct GateCounts: Sendable, Hashable {
    /// Rows that are ready now, and rows that wait now.
    public var opened: Int, closed: Int

    /// Counts.
    public init(opened: Int = 0, closed: Int = 0) {
        self.opened = opened
        self.closed = closed
    }

    init(_ result: PostgresResult) throws {
        let row = result[result.startIndex]
        self.init(opened: try row.decode("opened"), closed: try row.decode("closed"))
    }
}

/// An open row without a digest under the present subject key.
public struct RequestToDigest: Sendable {
    /// The row's number.
    public let id: Int64
    /// The row's `integration_id`.
    public let integrationID: String
}

extension Store {
    /// Checks the gates of all waiting rows, and returns to the queue those whose gates are open.
    ///
    /// - Parameters:
    ///   - isBraked: Whether erasures that the brake held back stay held back.
    ///   - kept: Brakes whose requests stay held back. At its beginning a run over the whole queue tries them all again.
    public func releaseWaiting(
        run: Int64,
        isBraked: Bool = false,
        keeping kept: [Gate] = []
    ) async throws -> GateCounts {
        try GateCounts(
            try await query(GateStatements.waiting, Author.run(run).parameters + [isBraked, kept.map(\.rawValue)])
        )
    }

    /// Gives open rows that were admitted under looser rules the needs of the present ones. Nothing is ever loosened.
    public func tighten(_ rules: GateRules) async throws {
        guard rules != GateRules() else { return }
        try await query(
            GateStatements.tighten,
            [Array(rules.identityChannels), rules.approvesErasures, rules.erasureWaitDays]
        )
    }

    /// The keys under which legal holds are in force.
    public func keysOfHolds() async throws -> [Data] {
        try await rows(GateStatements.keysOfHolds) { row in try row.decode("subject_key_id") }
    }

    /// Open erasures, after a number, without a digest under an earlier key.
    public func erasuresToCompare(key: Data, after id: Int64, limit: Int) async throws -> [RequestToDigest] {
        try await rows(GateStatements.toCompare, [key, id, limit]) { row in
            RequestToDigest(id: try row.decode("id"), integrationID: try row.decode("integration_id"))
        }
    }

    /// Stores digests that were made with an earlier key, so that holds under it can be compared.
    public func setEarlierDigests(_ digests: [(id: Int64, digest: Data)], key: Data) async throws {
        try await query(GateStatements.setEarlierDigests, [digests.map(\.id), digests.map(\.digest), key])
    }

    /// Open rows, after a number, without a digest under a key.
    public func requestsToDigest(key: Data, after id: Int64, limit: Int) async throws -> [RequestToDigest] {
        try await rows(GateStatements.toDigest, [key, id, limit]) { row in
            RequestToDigest(id: try row.decode("id"), integrationID: try row.decode("integration_id"))
        }
    }

    /// Stores digests that were made with a key.
    public func setDigests(_ digests: [(id: Int64, digest: Data)], key: Data) async throws {
        try await query(GateStatements.setDigests, [digests.map(\.id), digests.map(\.digest), key])
    }
}

enum GateStatements {
    /// The first closed gate of a row `r`; the brakes come after all others. That on erasures does not apply to replays,
    /// which were decided the first time; that on unknown customers keeps what it holds back already.
    ///
    /// - Parameter kept: The brakes that keep what they hold back.
    static func gate(brake: String, kept: String = "'{}'::text[]") -> String {
        """
        coalesce(
            (dsr.closed_gates(r))[1],
            case when \(brake) and r.kind = 'erasure' and r.replay_of is null then 'brake' end,
            case when r.waiting_for = any (\(kept)) then r.waiting_for end)
        """
    }

    static let waiting = Statement(
        "check the gates of waiting requests",
        check("r.state = 'waiting'", kept: "$4::text[]")
    )

    /// For rows by number that are pending or waiting.
    static let some = Statement(
        "check gates",
        check(
            "r.id = any($4::bigint[]) and r.state in ('pending', 'waiting') and r.admitted_at is not null",
            kept: "array['unknown_customers', 'known_before']"
        )
    )

    private static func check(_ rows: String, kept: String) -> String {
        """
        with seen as materialized (
            select r.id, \(gate(brake: "$3::bool", kept: kept)) as gate
            from dsr.subject_requests r
            where \(rows)
            for no key update of r skip locked
        ), hit as (
            update dsr.subject_requests r set
                state = case when seen.gate is null then 'pending' else 'waiting' end,
                waiting_for = seen.gate
            from seen
            where r.id = seen.id and r.waiting_for is distinct from seen.gate
            returning r as request, r.id, r.waiting_for
        ), entries as (
            select json_agg(dsr.leaf(
                case when waiting_for is null then 'ready' else 'waiting' end, request,
                jsonb_build_object('waiting_for', waiting_for)
            ) order by id) as list
            from hit
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1::bigint, $2::json) from entries
        )
        select
            count(*) filter (where waiting_for is null) as opened,
            count(*) filter (where waiting_for is not null) as closed
        from hit
        where exists (select from log)
        """
    }

    static let tighten = Statement(
        "tighten the gates",
        """
        update dsr.subject_requests r set
            needs_identity = r.needs_identity or coalesce(dsr.folded_name(r.channel) = any($1::text[]), false),
            needs_approval = r.needs_approval or ($2::bool and r.kind = 'erasure'),
            not_erased_before = coalesce(
                r.not_erased_before,
                case when $3::int > 0 and r.kind = 'erasure'
                    then (r.received_at at time zone r.time_zone)::date + $3::int end)
        where (r.state = 'pending' and r.admitted_at is not null or r.state = 'waiting') and r.replay_of is null
          and (
              (not r.needs_identity and coalesce(dsr.folded_name(r.channel) = any($1::text[]), false))
              or (not r.needs_approval and $2::bool and r.kind = 'erasure')
              or (r.not_erased_before is null and $3::int > 0 and r.kind = 'erasure')
          )
        """
    )

    static let keysOfHolds = Statement(
        "read the keys of holds",
        """
        select distinct subject_key_id from dsr.legal_holds
        where released_at is null and coalesce(expires_on >= current_date - 1, true)
        """
    )

    static let toCompare = Statement(
        "read erasures to compare with holds",
        """
        select r.id, r.integration_id from \(OpenRequests.inProgress)
        where r.kind = 'erasure' and r.integration_id is not null and r.id > $2
          and not exists (select from dsr.earlier_digests d where d.request_id = r.id and d.subject_key_id = $1)
        order by r.id
        limit $3
        """
    )

    static let setEarlierDigests = Statement(
        "store digests under an earlier key",
        """
        insert into dsr.earlier_digests (request_id, subject_digest, subject_key_id)
        select d.id, d.digest, $3 from unnest($1::bigint[], $2::bytea[]) as d (id, digest)
        on conflict do nothing
        """
    )

    static let toDigest = Statement(
        "read requests to digest",
        """
        select r.id, r.integration_id from \(OpenRequests.inProgress)
        where r.integration_id is not null and r.subject_key_id is distinct from $1 and r.id > $2
        order by r.id
        limit $3
        """
    )

    static let setDigests = Statement(
        "store digests",
        """
        update dsr.subject_requests r set subject_digest = d.digest, subject_key_id = $3
        from unnest($1::bigint[], $2::bytea[]) as d (id, digest)
        where r.id = d.id and r.integration_id is not null
        """
    )
}
