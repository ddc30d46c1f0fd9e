import Postgres

extension Store {
    /// Erasures that could be carried out now if nothing held them back, those that are repeated not counted.
    public func dueErasures() async throws(StoreError) -> Int {
        try await rows(BrakeStatements.due, []) { row throws(PostgresError) in try row.decode("count", as: Int.self) }
            .first ?? 0
    }

    /// The erasures of the last whole runs on an environment, those left out that held some back.
    public func erasuresOfEarlierRuns(environment: String, limit: Int) async throws(StoreError) -> [Int] {
        try await rows(BrakeStatements.earlier, [environment, limit]) { row throws(PostgresError) in
            try row.decode("erasures", as: Int.self)
        }
    }

    /// Writes down that erasures are held back, or that somebody lets them through all the same.
    ///
    /// - Parameter ticket: What they are let through with.
    public func noteBrake(due: Int, ticket: String?, run: Int64) async throws(StoreError) {
        _ = try await query(BrakeStatements.note, [run, ticket == nil ? "braked" : "brake_released", due, ticket])
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

    static let note = Statement(
        "note the brake",
        """
        select dsr.append_evidence(
            json_build_array(json_build_object('event', $2::text, 'count', $3::bigint, 'ticket', $4::text)), $1)
        """
    )
}
