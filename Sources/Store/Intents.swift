import Postgres
public import SubjectRequests

extension Store {
    /// Writes a log entry for each API request that changes data, before it is sent, and checks the gates one last time.
    /// What is done and never recorded still leaves a trace.
    ///
    /// - Returns: A permission for each intent, in their order.
    public func announce(_ intents: [Intent], run: Int64) async throws -> [Permission] {
        let parameters: [any PostgresEncodable] = [run] + IntentStatements.intents.parameters(intents)
        let answers = try await transaction { connection in
            try connection.query(AdvisoryLock.gates.share)
            // A statement of its own, so that it sees what the holder of the lock has done before.
            return try connection.query(IntentStatements.announce, parameters: parameters).map { row in
                (try row.decode("id", as: Int64.self), try row.decode("gate", as: Gate?.self))
            }
        }
        let gates = Dictionary(answers, uniquingKeysWith: { first, _ in first })
        return intents.map { intent in
            guard let answer = gates[intent.claim.request] else { return .lost }
            return answer.map(Permission.closed) ?? .granted
        }
    }
}

private enum IntentStatements {
    static let intents = ParameterTable<Intent>(
        from: 2,
        [
            .init("id", "bigint") { $0.claim.request },
            .init("claim_no", "int") { $0.claim.number },
            .init("action", "text") { $0.action.rawValue },
        ]
    )

    // The row is locked until the commit, so that a rescue cannot take it while its entry is written.
    static let announce = Statement(
        "announce API requests",
        """
        with intent as materialized (
            select * from \(intents.source("i"))
        ), hit as materialized (
            select r as request, r.id, r.claim_no, i.action, (dsr.closed_gates(r))[1] as gate
            from intent i join dsr.subject_requests r on r.id = i.id
            where r.claim_no = i.claim_no and r.state = 'running'
            for no key update of r
        ), entries as (
            select json_agg(dsr.leaf(
                'sending', request, jsonb_build_object('claim', claim_no, 'action', action)
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
