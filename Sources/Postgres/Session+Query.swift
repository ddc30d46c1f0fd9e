import CLibPQ

/// A statement as a server prepares it: the same text with parameters of other types is another one.
struct PreparedStatement: Hashable {
    let statement: Statement
    let types: [Oid]
}

extension Session {
    /// Runs a statement, which is prepared first if this connection has not seen it.
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

    /// Runs SQL text of any number of statements, as one transaction unless it says otherwise.
    func run(script: String, _ call: inout Call) throws(PostgresError) {
        guard !script.utf8.contains(0) else {
            throw PostgresError(.unencodable, statement: call.statement, "\(call.subject) holds a NUL character")
        }
        try send(script, &call)
        let results = try receive(&call)
        try refuseCopy(results, &call)
        _ = try outcome(of: results, call)
    }

    /// Gets out of transfers that were begun by a call that cannot make them.
    private func refuseCopy(_ results: [ResultHandle], _ call: inout Call) throws(PostgresError) {
        guard var copy = results.last, copy.isCopy else { return }
        while copy.isCopy {
            try leave(copy, &call)
            guard let last = try receive(&call).last else { break }
            copy = last
        }
        throw .copyState(call, "copies: use copyIn or copyOut")
    }

    /// Sends SQL text by the simple protocol, in which nothing is prepared.
    func send(_ sql: String, _ call: inout Call) throws(PostgresError) {
        try begin(call)
        guard PQsendQuery(connection, sql) == 1 else { throw lose(nil, call) }
        try flush(&call)
    }

    func sendPrepare(_ key: PreparedStatement, _ name: String) -> Bool {
        PQsendPrepare(connection, name, key.statement.sql, Int32(key.types.count), key.types) == 1
    }

    func sendExecute(_ name: String, _ parameters: EncodedParameters) -> Bool {
        // The last argument asks for every column in binary: no type has to be parsed, and none depends on settings.
        parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
        } == 1
    }

    /// The statement's own name, or one that tells it from others that share it.
    func freeName(for key: PreparedStatement, besides others: some Collection<String> = []) -> String {
        let taken = Set(prepared.values).union(others)
        var name = key.statement.name
        var number = 2
        while taken.contains(name) {
            name = "\(key.statement.name)/\(number)"
            number += 1
        }
        return name
    }
}

extension PostgresError {
    static func copyState(_ call: Call, _ what: String) -> PostgresError {
        PostgresError(.copyState, statement: call.statement, "\(call.subject) \(what)")
    }
}
