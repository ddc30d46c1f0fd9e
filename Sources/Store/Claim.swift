import Foundation
import Postgres
import SubjectRequests

extension Store {
    /// Claims ready requests, earliest deadline first, and writes a `claimed` entry for each in the same statement. It
    /// is committed before the first API request is sent.
    ///
    /// A row on the way whose gate has closed since its admission waits from now on, and is not claimed.
    public func claim(_ query: ClaimQuery, run: Int64) async throws -> ClaimedGroup {
        let found =
            if let request = query.scope.request {
                try await rows(ClaimStatements.one, [run, request], ClaimedRow.init)
            } else {
                try await rows(
                    ClaimStatements.group,
                    [
                        run, query.limit, query.cursor.answerBy, query.cursor.id, query.isBraked,
                        query.scope == .replays, query.onlySuspects,
                    ],
                    ClaimedRow.init
                )
            }
        return ClaimedGroup(found, after: query.cursor)
    }

    /// Requests that a run has claimed without an answer, because the connection broke before it came.
    ///
    /// - Parameter known: The requests that the run knows.
    public func orphanedClaims(run: Int64, excluding known: Set<Int64>) async throws -> ClaimedGroup {
        ClaimedGroup(try await rows(ClaimStatements.orphaned, [run, Array(known)], ClaimedRow.init), after: .start)
    }
}

/// One row of a claim's result.
private enum ClaimedRow {
    /// The run holds its lease, and nothing was claimed.
    case none
    /// The row waits from now on.
    case gated(ClaimCursor)
    case claimed(SubjectRequest)
    case unreadable(UnreadableRequest, ClaimCursor)

    init(_ row: PostgresRow) throws {
        guard let id = try row.decode("id", as: Int64?.self) else {
            self = .none
            return
        }
        let cursor = ClaimCursor(answerBy: try row.decode("answer_by"), id: id)
        guard try row.decode("waiting_for", as: String?.self) == nil else {
            self = .gated(cursor)
            return
        }
        let claim = Claim(
            request: id,
            number: try row.decode("claim_no"),
            failures: try row.decode("failures"),
            mayHaveActed: try row.decode("may_have_acted")
        )
        do {
            self = .claimed(try SubjectRequest(claim, row))
        } catch let reason as InvalidRequest {
            self = .unreadable(UnreadableRequest(claim: claim, reason: reason), cursor)
        } catch {
            // A value of another form costs this row only, and not the group.
            self = .unreadable(UnreadableRequest(claim: claim, reason: .changedAfterAdmission), cursor)
        }
    }
}

extension ClaimedGroup {
    fileprivate init(_ rows: [ClaimedRow], after cursor: ClaimCursor) {
        var requests: [SubjectRequest] = []
        var unreadable: [UnreadableRequest] = []
        var gated = 0
        var cursor = cursor
        for row in rows {
            switch row {
            case .none:
                break
            case .gated(let place):
                gated += 1
                cursor = place
            case .claimed(let request):
                requests.append(request)
                cursor = ClaimCursor(answerBy: request.answerBy, id: request.id)
            case .unreadable(let request, let place):
                unreadable.append(request)
                cursor = place
            }
        }
        self.init(
            requests: requests,
            unreadable: unreadable,
            gated: gated,
            cursor: cursor,
            holdsLease: !rows.isEmpty
        )
    }
}

extension SubjectRequest {
    fileprivate init(_ claim: Claim, _ row: PostgresRow) throws {
        guard let right = Right(rawValue: try row.decode("kind")),
            let subject = try row.decode("integration_id", as: String?.self)
        else { throw InvalidRequest.changedAfterAdmission }
        let changes = try row.decode("changes", as: String?.self)
        self.init(
            claim: claim,
            right: right,
            subject: try SubjectID(subject),
            ticket: try row.decode("ticket"),
            changes: right == .rectification ? try RequestedChanges(json: changes) : nil,
            receivedAt: try row.decode("received_at"),
            timeZone: (try row.decode("time_zone", as: String?.self)).flatMap(TimeZone.init(identifier:)) ?? .gmt,
            answerBy: try row.decode("answer_by")
        )
    }
}

extension InvalidRequest {
    fileprivate static let changedAfterAdmission = InvalidRequest(
        "the row was changed after its admission and can no longer be read"
    )
}

private enum ClaimStatements {
    // The cursor keeps the claim flat when vacuum is blocked: without it each claim walks all dead entries of the rows
    // claimed before.
    static let group = Statement(
        "claim requests",
        claim(
            """
            select r.id
            from dsr.subject_requests r
            where r.state = 'pending' and r.admitted_at is not null
              and (r.answer_by, r.id) > ($3::date, $4::bigint)
              and (r.not_before is null or r.not_before <= clock_timestamp())
              and (not $6::bool or r.replay_of is not null)
              and (r.crashed_runs >= 2) = $7::bool
              and exists (select from me)
            order by r.answer_by, r.id
            limit $2
            for no key update of r skip locked
            """,
            brake: "$5::bool"
        )
    )

    static let one = Statement(
        "claim a request",
        claim(
            """
            select r.id
            from dsr.subject_requests r
            where r.id = $2 and r.state = 'pending' and r.admitted_at is not null
              and exists (select from me)
            for no key update of r skip locked
            """,
            brake: "false"
        )
    )

    static let orphaned = Statement(
        "look for claims without an answer",
        """
        with me as materialized (
            select id from dsr.runs where id = $1 and ended_at is null and lease_until > clock_timestamp()
        )
        select \(columns)
        from me left join dsr.subject_requests r
            on r.run_id = me.id and r.state = 'running' and r.id <> all($2::bigint[])
        order by r.answer_by, r.id
        """
    )

    private static let columns = """
        r.id, r.kind, r.integration_id, r.waiting_for, r.claim_no, r.failures, r.may_have_acted, r.ticket,
        r.changes::text as changes, r.received_at, r.time_zone, r.answer_by
        """

    // Returns no row where the run does not hold its lease, and one row without an id where nothing was claimed.
    //
    // The run's row is locked against a rescue until the commit: a rescuer that saw the lease expire meanwhile would
    // end the run without seeing these rows, and no run would ever return them.
    //
    // The gates are checked again although admission checked them: an older request of the same subject, or a hold, may
    // have come in between. An erasure that failed after it was sent explains the subject's absence to their next one
    // too.
    private static func claim(_ pick: String, brake: String) -> String {
        """
        with me as materialized (
            select id from dsr.runs where id = $1 and ended_at is null and lease_until > clock_timestamp()
            for key share
        ), pick as materialized (
            \(pick)
        ), seen as materialized (
            select r.id, \(GateStatements.gate(brake: brake)) as gate, r.kind = 'erasure' and exists (
                    select from dsr.subject_requests o where o.integration_id = r.integration_id and o.may_have_acted
                ) as may_be_gone
            from pick join dsr.subject_requests r on r.id = pick.id
        ), took as (
            update dsr.subject_requests r set
                state = case when seen.gate is null then 'running' else 'waiting' end,
                waiting_for = seen.gate,
                run_id = case when seen.gate is null then $1 else r.run_id end,
                claim_no = r.claim_no + (seen.gate is null)::int,
                may_have_acted = r.may_have_acted or seen.gate is null and seen.may_be_gone,
                not_before = null
            from seen
            where r.id = seen.id
            returning r.*, r as request
        ), entries as (
            select json_agg(dsr.leaf(
                case when waiting_for is null then 'claimed' else 'waiting' end, request,
                case when waiting_for is null then jsonb_build_object('claim', claim_no)
                    else jsonb_build_object('waiting_for', waiting_for) end
            ) order by answer_by, id) as list
            from took
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select \(columns)
        from me left join took r on exists (select from log)
        order by r.answer_by, r.id
        """
    }
}
