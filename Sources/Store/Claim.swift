import Foundation
import Postgres
public import SubjectRequests

/// How far a pass over the queue has come: claims go by deadline, and never look back over rows already seen.
public struct ClaimCursor: Sendable, Hashable {
    var answerBy: CivilDate
    var id: Int64

    /// Before the first row.
    public static let start = ClaimCursor(answerBy: .earliest, id: 0)
}

extension Store {
    /// Claims up to `limit` ready requests, earliest deadline first, and writes a `claimed` leaf for each in the
    /// same statement. The leaf is the intent: it is committed before the first call leaves the machine.
    ///
    /// A row on the way whose gate has closed since its admission waits from now on, and is not claimed.
    ///
    /// - Parameters:
    ///   - only: A request's number, to claim that one or nothing.
    ///   - replays: Whether to claim only erasures that are repeated.
    ///   - brake: Whether erasures are held back.
    ///   - suspects: Whether to claim requests that have cost runs already, and nothing else. They are worked alone, so
    ///     that one that kills its run takes no others along, and no innocent one is set aside with it.
    /// - Returns: The requests, and the cursor for the next group. None where nothing is ready, or where the run's
    ///   lease has passed: the statement itself refuses then.
    public func claim(
        run: Int64,
        after cursor: ClaimCursor,
        limit: Int,
        only: Int64? = nil,
        replays: Bool = false,
        brake: Bool = false,
        suspects: Bool = false
    ) async throws(StoreError) -> ClaimedGroup {
        let result =
            if let only {
                try await query(ClaimStatements.one, [run, only])
            } else {
                try await query(
                    ClaimStatements.group,
                    [run, limit, cursor.answerBy, cursor.id, brake, replays, suspects]
                )
            }
        return try read(result, cursor)
    }

    /// Requests that a run has claimed without knowing: the connection broke before the answer came.
    ///
    /// - Parameter known: The requests of which it knows.
    public func claimedUnknowingly(run: Int64, besides known: Set<Int64>) async throws(StoreError) -> ClaimedGroup {
        try read(try await query(ClaimStatements.unknown, [run, Array(known)]), .start)
    }

    private func read(_ result: PostgresResult, _ cursor: ClaimCursor) throws(StoreError) -> ClaimedGroup {
        var claimed: [SubjectRequest] = []
        var unreadable: [UnreadableRequest] = []
        var gated = 0
        var next = cursor
        do throws(PostgresError) {
            for row in result {
                let id = try row.decode("id", as: Int64.self)
                let claimNumber = try row.decode("claim_no", as: Int.self)
                next = ClaimCursor(answerBy: try row.decode("answer_by"), id: id)
                guard try row.decode("waiting_for", as: String?.self) == nil else {
                    gated += 1
                    continue
                }
                do throws(InvalidRequest) {
                    claimed.append(try request(id, claimNumber, row))
                } catch {
                    unreadable.append(UnreadableRequest(id: id, claimNumber: claimNumber, reason: error))
                }
            }
        } catch {
            throw StoreError(error)
        }
        return ClaimedGroup(requests: claimed, unreadable: unreadable, gated: gated, cursor: next)
    }

    /// What one claim got.
    public struct ClaimedGroup: Sendable {
        /// The requests, earliest deadline first.
        public let requests: [SubjectRequest]
        /// Claimed too, but not to be worked.
        public let unreadable: [UnreadableRequest]
        /// Rows that wait from now on.
        public let gated: Int
        /// Whether there was nothing to claim.
        public var isEmpty: Bool { requests.isEmpty && unreadable.isEmpty && gated == 0 }
        /// Where the next claim goes on.
        public var cursor: ClaimCursor
    }

    /// A claimed row that was changed after its admission into something that cannot be worked.
    public struct UnreadableRequest: Sendable {
        /// The row's number and the claim's.
        public let id: Int64, claimNumber: Int
        /// What is wrong with it.
        public let reason: InvalidRequest
    }

    private func request(
        _ id: Int64,
        _ claimNumber: Int,
        _ row: PostgresRow
    ) throws(InvalidRequest) -> SubjectRequest {
        guard let kind = try? row.decode("kind", as: String.self), let right = Right(rawValue: kind),
            let subject = try? row.decode("integration_id", as: String.self),
            let receivedAt = try? row.decode("received_at", as: Date.self),
            let answerBy = try? row.decode("answer_by", as: CivilDate.self)
        else { throw InvalidRequest("the row was changed after its admission and cannot be read any more") }
        let changes = (try? row.decode("changes", as: String?.self)) ?? nil
        return SubjectRequest(
            id: id,
            right: right,
            subject: try SubjectID(subject),
            claimNumber: claimNumber,
            failures: (try? row.decode("failures", as: Int.self)) ?? 0,
            mayHaveActed: (try? row.decode("may_have_acted", as: Bool.self)) ?? true,
            ticket: (try? row.decode("ticket", as: String?.self)) ?? nil,
            changes: right == .rectification ? try RequestedChanges(json: changes) : nil,
            receivedAt: receivedAt,
            answerBy: answerBy
        )
    }
}

private enum ClaimStatements {
    // The cursor keeps the claim flat when vacuum is held up: without it each claim walks all dead entries of
    // the rows claimed before.
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
              and (r.losses >= 2) = $7::bool
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

    static let unknown = Statement(
        "look for claims without an answer",
        """
        select id, kind, integration_id, waiting_for, claim_no, failures, may_have_acted, ticket, changes::text as changes,
               received_at, answer_by
        from dsr.subject_requests
        where run_id = $1 and state = 'running' and id <> all($2::bigint[])
        order by answer_by, id
        """
    )

    // The run's row is locked against a rescue until the commit: a rescuer that saw the lease pass meanwhile
    // would close the run without seeing these rows, and nobody would ever return them.
    //
    // The gates are asked again although admission asked them: an older request of the same person, or a hold, may have
    // come in between. An erasure that failed after it was sent explains the person's absence to their next one as well.
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
            returning r.*
        ), entries as (
            select json_agg(json_build_object(
                'event', case when waiting_for is null then 'claimed' else 'waiting' end, 'request', id, 'right', kind,
                'claim', case when waiting_for is null then claim_no end, 'waiting_for', waiting_for, 'ticket', ticket,
                'subject', encode(subject_commitment, 'hex')
            ) order by answer_by, id) as list
            from took
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select id, kind, integration_id, waiting_for, claim_no, failures, may_have_acted, ticket, changes::text as changes,
               received_at, answer_by
        from took
        where exists (select from log)
        order by answer_by, id
        """
    }
}
