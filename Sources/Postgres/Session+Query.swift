import CLibPQ

/// The key of a prepared statement: its text and the types of its parameters. Other types need another preparation.
struct PreparedStatement: Hashable {
    let statement: Statement
    let types: [Oid]
}

extension Session {
    /// Runs a statement, and prepares it first if this connection has not done so.
    func query(
        _ statement: Statement,
        _ parameters: EncodedParameters,
        _ call: inout Call
    ) throws(PostgresError) -> PostgresResult {
        try begin(call)
        let key = PreparedStatement(statement: statement, types: parameters.types)
        if prepared[key] == nil {
            let name = freeName(for: key)
            guard sendPrepare(key, name) else { throw lose(nil, call) }
            try flush(&call)
            _ = try outcome(of: try receive(&call), call)
            prepared[key] = name
            try begin(call)
        }
        guard sendExecute(prepared[key] ?? "", parameters) else { throw lose(nil, call) }
        try flush(&call)
        let results = try receive(&call)
        try refuseCopy(results, &call)
        return PostgresResult(try outcome(of: results, call), statement: statement.name)
    }

    /// Runs SQL text of any number of statements, in one transaction unless the text has its own.
    func run(script: String, _ call: inout Call) throws(PostgresError) {
        _ = try fetch(script, &call)
    }

    /// Runs SQL text as `run(script:)` does.
    ///
    /// - Returns: the result of its last statement, with values as text.
    func fetch(_ script: String, _ call: inout Call) throws(PostgresError) -> ResultHandle {
        guard !script.utf8.contains(0) else {
            throw PostgresError(.unencodable, statement: call.statement, "\(call.subject) contains a NUL character")
        }
        try send(script, &call)
        let results = try receive(&call)
        try refuseCopy(results, &call)
        return try outcome(of: results, call)
    }

    /// Sends SQL text by the simple query protocol, which prepares nothing.
    private func send(_ sql: String, _ call: inout Call) throws(PostgresError) {
        try begin(call)
        guard PQsendQuery(connection, sql) == 1 else { throw lose(nil, call) }
        try flush(&call)
    }

    private func sendPrepare(_ key: PreparedStatement, _ name: String) -> Bool {
        PQsendPrepare(connection, name, key.statement.sql, Int32(key.types.count), key.types) == 1
    }

    private func sendExecute(_ name: String, _ parameters: EncodedParameters) -> Bool {
        // The last argument requests every column in binary: text would have to be parsed and depends on settings.
        parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
        } == 1
    }

    /// The statement's name, with a number if this connection already uses the name.
    private func freeName(for key: PreparedStatement) -> String {
        let taken = Set(prepared.values)
        var name = key.statement.name
        var number = 2
        while taken.contains(name) {
            name = "\(key.statement.name)/\(number)"
            number += 1
        }
        return name
    }
}
