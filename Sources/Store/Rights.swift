import Foundation
import Postgres

extension Store {
    /// Checks that everything a run uses exists and may be used, before the first claim.
    ///
    /// - Throws: ``StoreError`` `.schema`, with what is missing and what to do.
    public func requireRights() async throws {
        let rights = DatabaseRole.worker.rights
        let lacks = try await rows(
            RightsStatements.lacking,
            [rights.tables.map { "dsr.\($0)" }, rights.functions.map { "dsr.\($0)" }]
        ) { row in
            (name: try row.decode("name", as: String.self), right: try row.decode("lacking", as: String?.self))
        }
        let missing = lacks.filter { $0.right == nil }.map(\.name)
        guard missing.isEmpty else {
            throw StoreError(
                .schema,
                "the schema is incomplete: \(Self.list(missing)) \(missing.count == 1 ? "is" : "are") missing; restore the dsr "
                    + "schema from a backup"
            )
        }
        guard lacks.isEmpty else {
            let refused = lacks.map { "\($0.right ?? "") \($0.name)" }
            throw StoreError(
                .schema,
                "the database role lacks the right to \(Self.list(refused)); the schema's owner grants it with "
                    + "'dsr grants --apply'"
            )
        }
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
        select name, case when to_regclass(name) is not null then 'read' end as lacking
        from unnest($1::text[]) t (name)
        where to_regclass(name) is null or not has_table_privilege(to_regclass(name), 'select')
        union all
        select name, case when to_regprocedure(name) is not null then 'call' end
        from unnest($2::text[]) t (name)
        where to_regprocedure(name) is null or not has_function_privilege(to_regprocedure(name), 'execute')
        """
    )
}
