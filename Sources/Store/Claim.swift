import Foundation
import Postgres
public import SubjectRequests

extension Store {
    /// Claims ready requests, earliest deadline first, and writes a `claimed` entry for each in the same statement. It
    /// is committed before the first API request is sent.
    ///
    /// A row on the way whose gate has closed since its admission waits from now on, and is not claimed.
    ///
    /// - Parameter rights: The rights whose answer lacks a text of the controller; their requests wait.
    public func claim(_ query: ClaimQuery, withoutTexts rights: [Right] = [], run: Int64) async throws -> ClaimedGroup {
        let found = try await rows(
            ClaimStatements.claim,
            [
                run, query.scope.request, query.limit, query.cursor.answerBy, query.cursor.id, query.isBraked,
                query.scope == .replays, query.onlySuspects, rights.map(\.rawValue),
            ],
            ClaimedRow.init
        )
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

enum ClaimStatements {
    static let claim = Statement(
        "claim requests",
        "select * from dsr.claim($1, $2, $3::int, $4::date, $5::bigint, $6::bool, $7::bool, $8::bool, $9::text[])"
    )

    static let orphaned = Statement(
        "look for claims without an answer",
        """
        with me as materialized (
            select id from dsr.runs where id = $1 and ended_at is null and lease_until > clock_timestamp()
        )
        select r.id, r.kind, dsr.committed_id(r) as integration_id, r.waiting_for, r.claim_no, r.failures, r.may_have_acted,
               r.ticket, dsr.readable_changes(r) as changes, r.received_at, r.time_zone, r.answer_by
        from me left join dsr.subject_requests r
            on r.run_id = me.id and r.state = 'running' and r.id <> all($2::bigint[])
        order by r.answer_by, r.id
        """
    )
}
