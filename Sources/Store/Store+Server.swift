import Postgres

/// What a server and a database must be, before anything else is asked of them.
extension Store {
    /// The oldest major version of Postgres that the schema is made for.
    static let oldestVersion = 13

    /// Checks the version and the encoding, which the server reports when a connection is made.
    ///
    /// - Throws: ``StoreError`` `.configuration`, with what to do.
    func requireSuitableServer() async throws {
        let version = await connection.serverVersion / 10_000
        guard version >= Self.oldestVersion else {
            throw StoreError(
                .configuration,
                "the server is Postgres \(version), and dsr needs Postgres \(Self.oldestVersion) or later"
            )
        }
        // Other encodings cannot store every identifier, or do not check what they store.
        if let encoding = await connection.serverEncoding, encoding != "UTF8" {
            throw StoreError(
                .configuration,
                "the database has the encoding \(encoding), and dsr needs UTF8; create another one with "
                    + "'createdb --encoding UTF8 --template template0 NAME'"
            )
        }
    }

    /// Checks that no policy hides rows from the role, and that its triggers fire.
    ///
    /// - Throws: ``StoreError`` `.configuration`, with what to do.
    func requireWholeView() async throws {
        let hidden = try await rows(ServerStatements.hidden) { row in try row.decode("name", as: String.self) }
        guard hidden.isEmpty else {
            throw StoreError(
                .configuration,
                "row-level security hides rows of \(Self.list(hidden)) from the database role; a superuser switches it off "
                    + "with 'alter table \(hidden[0]) disable row level security', or exempts the role with 'alter role … "
                    + "bypassrls'"
            )
        }
        let isReplica = try await row(ServerStatements.replica) { row in try row.decode("replica", as: Bool.self) }
        guard !isReplica else {
            throw StoreError(
                .configuration,
                "session_replication_role is replica for the database role, which switches off the rules of the tables; "
                    + "reset it with 'alter role … reset session_replication_role'"
            )
        }
    }
}

private enum ServerStatements {
    static let hidden = Statement(
        "look for row-level security",
        """
        select n.nspname || '.' || c.relname as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'dsr' and c.relkind in ('r', 'p') and c.relrowsecurity and row_security_active(c.oid)
        order by name
        """
    )

    static let replica = Statement(
        "look whether triggers fire",
        "select current_setting('session_replication_role') = 'replica' as replica"
    )
}
