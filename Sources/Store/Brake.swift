import Postgres
public import SubjectRequests

extension Store {
    /// The number of erasures that could be carried out now if the brake did not hold them back. Replays do not count.
    public func dueErasures() async throws -> Int {
        try await row(BrakeStatements.due) { row in try row.decode("count") }
    }

    /// The erasures of the last runs over the whole queue on an environment, without runs that held some back.
    public func erasuresOfEarlierRuns(environment: Environment, limit: Int) async throws -> [Int] {
        try await rows(BrakeStatements.earlier, [environment.rawValue, limit]) { row in try row.decode("erasures") }
    }

    /// Logs that erasures are held back, or that an operator has allowed them.
    ///
    /// - Parameter ticket: The ticket under which they are allowed; `nil` where they are held back.
    public func noteBrake(due: Int, ticket: String?, run: Int64) async throws {
        try await query(BrakeStatements.note, [run, ticket == nil ? "braked" : "brake_released", due, ticket])
    }

    /// The brake on unknown customers, from what Talon.One knew on the present deployment so far.
    public func unknownBrake(_ limits: UnknownBrake.Limits, earlierRuns limit: Int) async throws -> UnknownBrake {
        let earlier = try await rows(BrakeStatements.earlierLookups, [limit]) { row in
            UnknownBrake.Lookups(known: try row.decode("known"), unknown: try row.decode("unknown"))
        }
        return UnknownBrake(limits, hasKnownCustomer: try await hasKnownCustomer(), earlierRuns: earlier)
    }

    /// Whether Talon.One has ever known a customer of this queue, on the present deployment.
    public func hasKnownCustomer() async throws -> Bool {
        try await row(BrakeStatements.hasKnownCustomer) { row in try row.decode("has_known_customer") }
    }

    /// Logs that answers about unknown customers are held back, or that an operator has allowed them.
    ///
    /// - Parameter ticket: The ticket under which they are allowed; `nil` where they are held back.
    public func noteUnknown(count: Int, ticket: String?, run: Int64) async throws {
        try await query(BrakeStatements.note, [run, ticket == nil ? "unknown_held" : "unknown_allowed", count, ticket])
    }
}

private enum BrakeStatements {
    static let due = Statement(
        "count due erasures",
        """
        select count(*) as count from dsr.subject_requests
        where kind = 'erasure' and replay_of is null
          and (
              (state = 'pending' and admitted_at is not null
               and (not_before is null or not_before <= clock_timestamp()))
              or (state = 'waiting' and waiting_for = 'brake')
          )
        """
    )

    static let earlier = Statement(
        "read earlier runs' erasures",
        """
        select erasures from dsr.runs
        where environment = $1 and scope = 'all' and end_reason is not null and end_reason <> 'lease lost'
          and not was_braked
        order by id desc
        limit $2
        """
    )

    static let hasKnownCustomer = Statement(
        "look for a known customer",
        "select customer_known_at is not null as has_known_customer from dsr.deployment"
    )

    static let earlierLookups = Statement(
        "read earlier runs' lookups",
        """
        select known, unknown from dsr.runs r
        where scope = 'all' and known + unknown > 0
          and ended_at >= (select pinned_at from dsr.deployment)
        order by id desc
        limit $1
        """
    )

    static let note = Statement("note the brake", "select dsr.note_brake($1, $2, $3::bigint, $4::text)")
}
