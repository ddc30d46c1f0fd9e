import Postgres

/// Settings of the server under which its log would hold identifiers or answers.
extension Store {
    /// What the server would write of dsr's statements into its log, one sentence each, with what to do; empty where it
    /// writes no value.
    ///
    /// dsr sends every value as a parameter, never in the text of a statement, so only parameters are looked at. The settings
    /// are those of this session: a superuser can set them for the role, the database or the server.
    public func serverLogWarnings() async throws -> [String] {
        try await row(ServerLogStatements.settings) { row in
            let role: String = try row.decode("role")
            let written: [String] = try row.decode("written")
            let kept: [String] = try row.decode("kept")
            guard !written.isEmpty else { return [] }
            let advice = kept.map { "alter role \(role) set \($0)" }.joined(separator: "; ")
            return [
                "the log of the Postgres server can hold identifiers and answers, because of \(Self.list(written)): a "
                    + "superuser ends that with: \(advice)"
            ]
        }
    }
}

private enum ServerLogStatements {
    // A setting that the server does not have, as that of an extension which is not loaded, is null. Lengths are in bytes:
    // 0 writes no parameter, -1 all of each. A plan shows the values that it was made for.
    static let settings = Statement(
        "read what the server logs",
        """
        with value as (
            select name, current_setting(name, true) as text
            from unnest(array[
                'log_statement', 'log_min_duration_statement', 'log_min_duration_sample', 'log_transaction_sample_rate',
                'log_parameter_max_length', 'log_parameter_max_length_on_error', 'auto_explain.log_min_duration',
                'pgaudit.log', 'pgaudit.log_parameter'
            ]) as given (name)
        ), is_on as (
            select name, text from value
            where case name
                when 'log_statement' then text in ('mod', 'all')
                when 'log_transaction_sample_rate' then text::double precision > 0
                when 'log_min_duration_statement' then text <> '-1'
                when 'log_min_duration_sample' then text <> '-1'
                when 'log_parameter_max_length_on_error' then text <> '0'
                when 'auto_explain.log_min_duration' then text <> '-1'
                when 'pgaudit.log' then text not in ('', 'none')
                else false end
        ), hit (name, text, remedy) as (
            select o.name, o.text, 'log_parameter_max_length = 0'
            from is_on o join value v on v.name = 'log_parameter_max_length' and v.text <> '0'
            where o.name like 'log%' and o.name <> 'log_parameter_max_length_on_error'
            union all
            select name, text, 'log_parameter_max_length_on_error = 0'
            from is_on where name = 'log_parameter_max_length_on_error'
            union all
            select name, text, 'auto_explain.log_min_duration = -1'
            from is_on where name = 'auto_explain.log_min_duration'
            union all
            select o.name, o.text, 'pgaudit.log_parameter = off'
            from is_on o join value v on v.name = 'pgaudit.log_parameter' and v.text = 'on'
            where o.name = 'pgaudit.log'
        )
        select
            quote_ident(current_user) as role,
            coalesce(array_agg(name || ' = ' || text order by name), '{}') as written,
            coalesce((select array_agg(distinct remedy order by remedy) from hit), '{}') as kept
        from hit
        """
    )
}
