import Postgres
public import SubjectRequests

/// A call that changes data, about to be sent.
public struct Intent: Sendable {
    /// What the call does.
    public enum Action: String, Sendable {
        /// Takes the person out of the reservation of a coupon.
        case releaseReservation = "release_reservation"
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

/// Whether a call that was announced may be sent.
public enum Permission: Sendable, Hashable {
    /// It may; its leaf is written.
    case granted
    /// A gate has closed since the request was claimed.
    case closed(String)
    /// Somebody else holds the request by now.
    case lost
}

extension Store {
    /// Writes a leaf for each call before it is sent, so that what was done and never recorded still left a trace; and
    /// asks the gates one last time.
    ///
    /// - Returns: What may be sent, in the order of the intents.
    public func announce(_ intents: [Intent], run: Int64) async throws(StoreError) -> [Permission] {
        let parameters: [any PostgresEncodable] = [
            run, intents.map(\.request), intents.map(\.claimNumber), intents.map(\.action.rawValue),
        ]
        let answers = try await transaction { connection in
            try connection.query(GateLock.share)
            // A statement of its own: it sees all that whoever had the lock before has done.
            return try connection.query(IntentStatements.announce, parameters: parameters).map { row in
                (try row.decode("id", as: Int64.self), try row.decode("gate", as: String?.self))
            }
        }
        let gates = Dictionary(answers, uniquingKeysWith: { first, _ in first })
        return intents.map { intent in
            guard let answer = gates[intent.request] else { return .lost }
            return answer.map(Permission.closed) ?? .granted
        }
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
            select r.id, r.kind, r.claim_no, r.ticket, r.subject_commitment, i.action, (dsr.closed_gates(r))[1] as gate
            from intent i join dsr.subject_requests r on r.id = i.id
            where r.claim_no = i.claim_no and r.state = 'running'
            for no key update of r
        ), entries as (
            select json_agg(json_build_object(
                'event', 'sending', 'request', id, 'right', kind, 'claim', claim_no, 'action', action,
                'ticket', ticket, 'subject', encode(subject_commitment, 'hex')
            ) order by id) as list
            from hit
            where gate is null
        ), log as materialized (
            select dsr.append_evidence(entries.list, $1) from entries
        )
        select id, gate from hit where exists (select from log)
        """
    )
}
