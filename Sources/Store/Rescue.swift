import Postgres

/// The result of a rescue.
public struct Rescue: Sendable, Hashable {
    /// Requests that went back to the queue, and requests that were set aside as failed.
    public let returned: Int, setAside: Int
    /// Whether the run itself still holds its lease. Where it does not, nothing was rescued.
    public let holdsLease: Bool

    /// A result.
    public init(returned: Int, setAside: Int, holdsLease: Bool) {
        self.returned = returned
        self.setAside = setAside
        self.holdsLease = holdsLease
    }
}

extension Store {
    /// Crashed runs after which a request is set aside.
    public static let crashesAllowed = 3

    /// Returns to the queue what crashed runs held, and ends those runs. A request that ``crashesAllowed`` runs crashed
    /// with is set aside as failed, because it may be what crashes them.
    ///
    /// A run never rescues itself. Once its own lease has expired, it rescues nothing.
    public func rescue(run: Int64) async throws -> Rescue {
        try await row(RescueStatements.rescue, [run, Self.crashesAllowed]) { row in
            Rescue(
                returned: try row.decode("returned"),
                setAside: try row.decode("set_aside"),
                holdsLease: try row.decode("holds_lease")
            )
        }
    }
}

private enum RescueStatements {
    // One statement: the crashed run's row is locked first, which also decides the race with a late heartbeat, and a
    // request is returned only while the crashed run still holds it. A deletion that was announced may have been
    // carried out.
    static let rescue = Statement(
        "rescue requests",
        """
        with me as materialized (
            select id from dsr.runs where id = $1 and ended_at is null and lease_until > clock_timestamp()
            for key share
        ), crashed as materialized (
            select id from dsr.runs
            where ended_at is null and lease_until < clock_timestamp() and id <> $1 and exists (select from me)
            for update skip locked
        ), lost as (
            update dsr.subject_requests r set
                state = case when r.crashed_runs + 1 >= $2 then 'failed' else 'pending' end,
                crashed_runs = r.crashed_runs + 1,
                may_have_acted = r.may_have_acted or dsr.deletion_was_announced(r.id, r.claim_no),
                outcome = null,
                run_id = case when r.crashed_runs + 1 >= $2 then $1 else r.run_id end,
                reason = case when r.crashed_runs + 1 >= $2
                    then format('%s runs crashed while they processed it; the last of them processed nothing else.',
                                r.crashed_runs + 1)
                    else r.reason end,
                finished_at = case when r.crashed_runs + 1 >= $2 then clock_timestamp() end
            from crashed
            where r.state = 'running' and r.run_id = crashed.id
            returning r as request, r.id, r.claim_no, r.state
        ), entries as (
            select json_agg(e.entry order by e.id, e.place) as list
            from lost, lateral (values
                (lost.id, 1, dsr.leaf('lease_lost', lost.request, jsonb_build_object('claim', lost.claim_no))),
                (lost.id, 2, case when lost.state = 'failed'
                    then dsr.leaf('set_aside', lost.request, jsonb_build_object('state', lost.state)) end)
            ) as e (id, place, entry)
            where e.entry is not null
        ), closed as (
            update dsr.runs r set ended_at = clock_timestamp(), end_reason = 'lease lost'
            from crashed where r.id = crashed.id
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select count(*) filter (where state = 'pending') as returned,
               count(*) filter (where state = 'failed') as set_aside,
               exists (select from me) as holds_lease
        from lost where exists (select from log)
        """
    )
}
