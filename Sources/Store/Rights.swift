import Foundation
import Postgres

/// The tables and functions that a worker uses, and the rights on them.
enum WorkerRights {
    /// Rights on tables, `dsr.` left out.
    static let tables: [(rights: [String], names: [String])] = [
        // The queue and its documents.
        (["select", "insert", "update"], ["subject_requests", "runs", "reports"]),
        (["select", "insert", "delete"], ["request_salts", "earlier_digests"]),
        (["select", "insert", "update"], ["legal_holds", "suspensions", "rechecks", "incidents"]),
        (["select", "insert"], ["decisions"]),
        (["select"], ["schema_migrations"]),
        (["select", "update"], ["deployment"]),
        // The evidence: what is read, and what is added without dsr.append_evidence.
        (["select"], ["evidence_head", "evidence_leaves", "evidence_payloads"]),
        (["select", "insert"], ["evidence_tiles", "evidence_checkpoints"]),
    ]

    /// Columns that may be changed where the rest of the table may not.
    static let changeable = [
        (table: "decisions", column: "reason"),
        (table: "evidence_checkpoints", column: "filed_at"), (table: "evidence_checkpoints", column: "lost_by"),
    ]

    /// Functions, with the types of their parameters.
    static let functions =
        [
            "append_evidence(json, bigint, json)", "leaf(text, dsr.subject_requests, jsonb)",
            "leaf(text, jsonb, bigint)",
            "ordered_leaf(text, bigint, text, bytea, text, jsonb)", "bounded_list(jsonb)",
            "deletion_was_announced(bigint, integer)",
            "closed_gates(dsr.subject_requests)", "held_back_by(dsr.subject_requests)",
            "closed_by_hold(dsr.subject_requests, date)", "next_hold_key(bytea, date)",
            "content_digest(dsr.subject_requests)", "may_become(text, text)", "same_name(text, text)",
            "folded_name(text)",
            "is_requester(dsr.subject_requests, text)", "today(text)",
        ] + insertFunctions

    /// Functions that the rules of the table call when a row is inserted, by whatever role.
    static let insertFunctions = [
        "is_closed(text)", "is_ticket(text)", "identifier_problem(text)", "format_characters()",
        "control_characters()", "repeats_a_name(json)",
    ]

    /// The statements that give a role these rights.
    static func grants(to role: String) -> String {
        let onTables = tables.map { rights, names in
            "grant \(rights.joined(separator: ", ")) on \(names.map { "dsr.\($0)" }.joined(separator: ", ")) to \(role);"
        }
        let onColumns = changeable.map { "grant update (\($0.column)) on dsr.\($0.table) to \(role);" }
        let onFunctions = functions.map { "grant execute on function dsr.\($0) to \(role);" }
        return (onTables + onColumns + onFunctions).joined(separator: "\n")
    }
}

extension Store {
    /// Checks that everything a run uses exists and may be used, before the first claim.
    ///
    /// - Throws: ``StoreError`` `.schema`, with what is missing and what to do.
    public func requireRights() async throws {
        let pairs = WorkerRights.tables.flatMap { rights, names in names.flatMap { name in rights.map { (name, $0) } } }
        let lacks = try await rows(
            RightsStatements.lacking,
            [
                pairs.map { "dsr.\($0.0)" }, pairs.map(\.1), WorkerRights.changeable.map { "dsr.\($0.table)" },
                WorkerRights.changeable.map(\.column), WorkerRights.functions.map { "dsr.\($0)" },
            ]
        ) { row in
            (name: try row.decode("name", as: String.self), right: try row.decode("lacking", as: String?.self))
        }
        let missing = Self.distinct(lacks.filter { $0.right == nil }.map(\.name))
        guard missing.isEmpty else {
            throw StoreError(
                .schema,
                "the schema is incomplete: \(Self.list(missing)) \(missing.count == 1 ? "is" : "are") missing; restore the dsr "
                    + "schema from a backup"
            )
        }
        guard lacks.isEmpty else {
            let refused = Self.distinct(lacks.map { "\($0.right ?? "") \($0.name)" })
            throw StoreError(
                .schema,
                "the database role lacks the right to \(Self.list(refused)); the schema's owner grants it with "
                    + "'dsr grants --apply'"
            )
        }
    }

    private static func distinct(_ names: [String]) -> [String] {
        names.reduce(into: []) { list, name in if !list.contains(name) { list.append(name) } }
    }

    static func list(_ names: [String]) -> String {
        let more = names.count - 3
        let shown = more > 0 ? names.prefix(3) + ["\(more) more"] : names[...]
        return shown.formatted(.list(type: .and).locale(Locale(identifier: "en")))
    }
}

private enum RightsStatements {
    static let lacking = Statement(
        "look for missing rights",
        """
        select name, case when to_regclass(name) is not null then lacking end as lacking
        from unnest($1::text[], $2::text[]) t (name, lacking)
        where to_regclass(name) is null or not has_table_privilege(to_regclass(name), lacking)
        union all
        select name, 'change ' || quote_ident(changed) || ' of'
        from unnest($3::text[], $4::text[]) t (name, changed)
        where to_regclass(name) is not null and not has_column_privilege(to_regclass(name), changed, 'update')
        union all
        select name, case when to_regprocedure(name) is not null then 'call' end
        from unnest($5::text[]) t (name)
        where to_regprocedure(name) is null or not has_function_privilege(to_regprocedure(name), 'execute')
        """
    )
}
