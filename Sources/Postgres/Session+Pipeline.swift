import CLibPQ

extension Session {
    /// Sends all statements at once and then reads all results: one round trip, one implicit transaction.
    func pipeline(
        _ items: [(statement: Statement, parameters: EncodedParameters)],
        _ call: inout Call
    ) throws(PostgresError) -> [PostgresResult] {
        try begin(call)
        guard PQenterPipelineMode(connection) == 1 else { throw lose(nil, call) }
        let commands = try sendAll(items, call)
        guard PQpipelineSync(connection) == 1 else { throw lose(nil, call) }
        try flush(&call)

        var results: [PostgresResult] = []
        var failure: (results: [ResultHandle], call: Call)?
        for command in commands {
            call.subject = "statement \"\(command.key.statement.name)\""
            call.statement = command.key.statement.name
            let received = try receive(&call)
            if received.contains(where: \.isError) || PQstatus(connection) == CONNECTION_BAD {
                failure = failure ?? (received, call)
                if PQstatus(connection) == CONNECTION_BAD { break }
            } else if failure == nil, let result = received.last {
                switch command.kind {
                case .prepare(let name): prepared[command.key] = name
                case .execute: results.append(PostgresResult(result, statement: command.key.statement.name))
                }
            }
        }
        if var failure {
            if PQstatus(connection) != CONNECTION_BAD { try synchronise(&call) }
            failure.call.abandonment = call.abandonment
            _ = try outcome(of: failure.results, failure.call)
            throw lose(nil, failure.call)
        }
        let end = try synchronise(&call)
        _ = try outcome(of: end, call)
        return results
    }

    private struct Command {
        enum Kind {
            case prepare(name: String)
            case execute
        }
        let key: PreparedStatement
        let kind: Kind
    }

    /// Queues every command, with the preparing ones where they are first needed.
    private func sendAll(
        _ items: [(statement: Statement, parameters: EncodedParameters)],
        _ call: Call
    ) throws(PostgresError) -> [Command] {
        var commands: [Command] = []
        var names: [PreparedStatement: String] = [:]
        for (statement, parameters) in items {
            let key = PreparedStatement(statement: statement, types: parameters.types)
            let known = prepared[key] ?? names[key]
            let name = known ?? freeName(for: key, besides: names.values)
            if known == nil {
                names[key] = name
                guard sendPrepare(key, name) else { throw lose(nil, call) }
                commands.append(Command(key: key, kind: .prepare(name: name)))
            }
            guard sendExecute(name, parameters) else { throw lose(nil, call) }
            commands.append(Command(key: key, kind: .execute))
        }
        return commands
    }

    /// Reads up to the synchronisation point, after which the connection takes single commands again.
    @discardableResult
    private func synchronise(_ call: inout Call) throws(PostgresError) -> [ResultHandle] {
        let results = try receive(&call)
        guard PQstatus(connection) != CONNECTION_BAD else { return results }
        guard PQexitPipelineMode(connection) == 1 else { throw lose(nil, call) }
        return results
    }
}
