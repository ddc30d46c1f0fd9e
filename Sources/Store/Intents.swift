import Postgres
public import SubjectRequests

/// A call that changes data, about to be sent.
public struct Intent: Sendable {
    /// What the call does.
    public enum Action: String, Sendable {
        /// Takes the person out of the reservations of coupons.
        case releaseReservations = "release_reservations"
        /// Deletes the customer's data.
        case deleteCustomerData = "delete_customer_data"
        /// Sets or clears attributes of the profile.
        case updateProfile = "update_profile"
    }

    /// The request, and the claim under which the call is made.
    public let request: Int64, claimNumber: Int
    /// What is about to be done.
    public let action: Action

    /// An intent of one claim.
    public init(_ action: Action, of request: SubjectRequest) {
        self.request = request.id
        self.claimNumber = request.claimNumber
        self.action = action
    }
}

extension Store {
    /// Writes a leaf for each call before it is sent, so that what was done and never recorded still left a trace.
    ///
    /// - Returns: The requests whose call may be sent. One that is missing is somebody else's by now.
    public func announce(_ intents: [Intent], run: Int64) async throws(StoreError) -> Set<Int64> {
        let allowed = try await rows(
            IntentStatements.announce,
            [run, intents.map(\.request), intents.map(\.claimNumber), intents.map(\.action.rawValue)]
        ) { row throws(PostgresError) in try row.decode("id", as: Int64.self) }
        return Set(allowed)
    }
}

private enum IntentStatements {
    // The row is locked for the moment, so that a rescue cannot take it while its leaf is being written.
    static let announce = Statement(
        "announce calls",
        """
        with intent as materialized (
            select * from unnest($2::bigint[], $3::int[], $4::text[]) as i (id, claim_no, action)
        ), hit as materialized (
            select q.id, q.kind, q.claim_no, q.ticket, q.subject_commitment, i.action
            from intent i join dsr.subject_requests q on q.id = i.id
            where q.claim_no = i.claim_no and q.state = 'running'
            for no key update of q
        ), entries as (
            select json_agg(json_build_object(
                'event', 'sending', 'request', id, 'right', kind, 'claim', claim_no, 'action', action,
                'ticket', ticket, 'subject', encode(subject_commitment, 'hex')
            ) order by id) as list
            from hit
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select id from hit where exists (select from log)
        """
    )
}
