import Postgres
package import SubjectRequests

extension TestEnvironment {
    /// Inserts a request, as an intake system does.
    ///
    /// - Parameter changes: By default a rectification asks for another city.
    /// - Returns: The number of the request.
    @discardableResult
    package func submit(
        _ right: Right,
        _ customer: String,
        changes: String? = nil,
        channel: String? = nil
    ) async throws -> Int {
        let changes = changes ?? (right == .rectification ? Self.anotherCity : nil)
        let rows = try await sql(
            """
            insert into dsr.subject_requests (kind, integration_id, changes, channel, requested_by)
            values ($1, $2, $3::jsonb, $4, 'intake') returning id
            """,
            right.rawValue,
            customer,
            changes,
            channel
        )
        return try rows[rows.startIndex].decode("id")
    }

    /// Inserts several requests in one statement.
    package func submit(_ requests: (right: Right, customer: String)...) async throws {
        try await submit(requests)
    }

    /// Inserts a request for each of the customers `customer-1`, `customer-2` and so on, and each of the rights.
    package func submit(_ rights: Right..., customers: ClosedRange<Int>) async throws {
        try await submit(customers.flatMap { number in rights.map { ($0, "customer-\(number)") } })
    }

    /// Inserts requests in one statement, in their order.
    package func submit(_ requests: [(right: Right, customer: String)]) async throws {
        try await sql(
            """
            insert into dsr.subject_requests (kind, integration_id, changes, requested_by)
            select kind, integration_id, case kind when 'rectification' then $3::jsonb end, 'intake'
            from unnest($1::text[], $2::text[]) with ordinality as r (kind, integration_id, number) order by number
            """,
            requests.map(\.right.rawValue),
            requests.map(\.customer),
            Self.anotherCity
        )
    }

    private static let anotherCity = #"{"City": "Elsewhere"}"#

    /// How many requests a condition holds for.
    package func requests(_ condition: String) async throws -> Int {
        try await count("select count(*) from dsr.subject_requests where \(condition)")
    }

    /// `state outcome` of a request.
    package func ending(of request: Int) async throws -> String {
        try await texts(
            "select state || ' ' || coalesce(outcome, '-') as t from dsr.subject_requests where id = \(request)"
        ).first ?? "no such request"
    }

    /// What each request waits for, in the order of their numbers, `-` for nothing.
    package func waitingFor() async throws -> [String] {
        try await texts("select waiting_for as t from dsr.subject_requests order by id")
    }

    /// What the evidence says of a request, event by event.
    package func events(of request: Int) async throws -> [String] {
        try await texts(
            """
            select convert_from(payload, 'UTF8')::json ->> 'event' as t
            from dsr.evidence_payloads join dsr.evidence_leaves using (index)
            where request_id = \(request) order by index
            """
        )
    }

    /// Lets the lease of every run that has not ended pass.
    package func expireLeases() async throws {
        try await sql(
            "update dsr.runs set lease_until = clock_timestamp() - interval '1 second' where ended_at is null"
        )
    }
}
