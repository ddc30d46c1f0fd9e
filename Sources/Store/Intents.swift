import Postgres
public import SubjectRequests

extension Store {
    /// Writes a log entry for each API request that changes data, before it is sent, and checks the gates one last time.
    /// What is done and never recorded still leaves a trace.
    ///
    /// - Returns: A permission for each intent, in their order.
    public func announce(_ intents: [Intent], run: Int64) async throws -> [Permission] {
        let parameters: [any PostgresEncodable] = [run] + IntentStatements.intents.parameters(intents)
        let answers = try await rows(IntentStatements.announce, parameters) { row in
            (try row.decode("id", as: Int64.self), try row.decode("gate", as: Gate?.self))
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

    static let announce = Statement(
        "announce API requests",
        "select * from dsr.announce($1, \(intents.array(of: "dsr.intent")))"
    )
}
