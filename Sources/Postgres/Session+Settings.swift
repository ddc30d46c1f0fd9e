import CLibPQ

extension Session {
    /// Sets what a role, a database or a connection string may have set otherwise, and what SQL text, values and
    /// deadlines depend on.
    func pinSettings(searchPath: String?, lockTimeout: Duration?, _ call: Call) throws(PostgresError) {
        var call = call
        var pins = Self.pins
        if let searchPath { pins.append(("search_path", searchPath)) }
        pins.append(("lock_timeout", "\(max(0, (lockTimeout ?? .zero) / .milliseconds(1)).rounded())"))
        if serverVersion >= 140_000 { pins.append(("idle_session_timeout", "0")) }
        if serverVersion >= 170_000 { pins.append(("transaction_timeout", "0")) }
        // First, since the other statements take time too.
        try run(script: "set statement_timeout = 0", &call)
        try run(script: pins.map { "set \($0) = \($1)" }.joined(separator: "; "), &call)
        try run(script: Self.durability, &call)
    }

    private static let pins = [
        // How SQL text is read.
        ("standard_conforming_strings", "on"), ("backslash_quote", "safe_encoding"), ("transform_null_equals", "off"),
        ("array_nulls", "on"),
        // A policy that hides rows becomes an error.
        ("row_security", "off"),
        // How values become text.
        ("datestyle", "'ISO, YMD'"), ("intervalstyle", "postgres"), ("timezone", "'UTC'"), ("bytea_output", "hex"),
        ("extra_float_digits", "1"), ("client_encoding", "'UTF8'"),
        // What a transaction sees.
        ("default_transaction_isolation", "'read committed'"), ("default_transaction_deferrable", "off"),
    ]

    /// A commit that the server has confirmed must survive its crash.
    private static let durability = """
        select pg_catalog.set_config('synchronous_commit', 'on', false)
        where pg_catalog.current_setting('synchronous_commit') operator(pg_catalog.=) 'off'
        """

    /// Whether a pool gives each transaction another session of the server.
    ///
    /// A pool is in between if the process that the connection was announced is not the one that answers. It pools by
    /// transaction if a second connection gets the same process, or takes it away. Asked before anything is set, which
    /// would stay in a session that other programs use too.
    func isPooledByTransaction(
        _ call: Call,
        _ openAnother: (Call) throws(PostgresError) -> Session
    ) throws(PostgresError) -> Bool {
        var call = call
        let process = try processID(&call)
        guard process != String(PQbackendPID(connection)) else { return false }
        let rest = min(.seconds(5), max(.zero, call.deadline - .now))
        // Where a second connection cannot be had, the pool is taken for one that pools sessions.
        guard let other = try? openAnother(Call("connecting", limit: rest)) else { return false }
        try other.run(script: "begin", &call)
        let others = try other.processID(&call)
        let own = try processID(&call)
        return others == process || own != process
    }

    private func processID(_ call: inout Call) throws(PostgresError) -> String {
        let result = try fetch("select pg_catalog.pg_backend_pid()", &call)
        return PQgetvalue(result.pointer, 0, 0).map { String(cString: $0) } ?? ""
    }
}

extension PostgresError {
    static let isPooledByTransaction =
        "this connection goes through a pool in transaction mode, and dsr needs sessions; connect to Postgres itself, or "
        + "to a pool in session mode"
}
