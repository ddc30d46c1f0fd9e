import Foundation
import Postgres

/// The grants that give roles of the database the rights of their work.
public struct Grants: Sendable {
    /// The name of each role.
    private let names: [DatabaseRole: String]

    /// Grants for roles of these names; a role without a name gets none.
    public init(_ names: [DatabaseRole: String]) {
        self.names = names
    }

    private var roles: [(role: DatabaseRole, name: String)] {
        DatabaseRole.allCases.compactMap { role in names[role].map { (role, Self.quoted($0)) } }
    }

    /// The statements. What the roles had on the schema before is revoked first.
    public var script: String {
        let everyone = (["public"] + roles.map(\.name)).joined(separator: ", ")
        return """
            revoke all on schema dsr from \(everyone);
            revoke all on all tables in schema dsr from \(everyone);
            revoke all on all sequences in schema dsr from \(everyone);
            revoke all on all functions in schema dsr from \(everyone);
            grant execute on function dsr.is_closed(text) to public;
            grant usage on schema dsr to \(roles.map(\.name).joined(separator: ", "));

            -- Nobody creates objects whose names others could look up by mistake.
            do $$ begin
                if to_regnamespace('public') is not null then
                    revoke create on schema public from \(everyone);
                end if;
            end $$;

            \(roles.map { Self.grants($0.role, to: $0.name) }.joined(separator: "\n\n"))
            """
    }

    /// The names of the roles, for the check that follows.
    var roleNames: [String] { DatabaseRole.allCases.compactMap { names[$0] } }

    private static func grants(_ role: DatabaseRole, to name: String) -> String {
        let rights = role.rights
        var lines = ["-- The \(role.rawValue)."]
        if !rights.tables.isEmpty {
            lines.append("grant select on \(list(rights.tables.map { "dsr.\($0)" })) to \(name);")
        }
        for (table, columns) in rights.columns where !rights.tables.contains(table) {
            lines.append("grant select (\(list(columns))) on dsr.\(table) to \(name);")
        }
        if !rights.inserts.isEmpty {
            lines.append("grant insert (\(list(rights.inserts))) on dsr.subject_requests to \(name);")
        }
        lines += rights.functions.map { "grant execute on function dsr.\($0) to \(name);" }
        return lines.joined(separator: "\n")
    }

    /// A list in lines that can be read.
    private static func list(_ names: [String]) -> String {
        stride(from: 0, to: names.count, by: 6)
            .map { names[$0..<min($0 + 6, names.count)].joined(separator: ", ") }
            .joined(separator: ",\n    ")
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}

extension Store {
    /// Applies grants in one transaction, and checks that they took effect.
    ///
    /// - Throws: ``StoreError`` `.configuration` where one of the roles, or everybody, may still create objects in a schema
    ///   that other programs look names up in; the grants are applied nevertheless.
    public func apply(_ grants: Grants) async throws {
        try await run(script: grants.script, named: "grants")
        let open = try await rows(GrantStatements.creators, [grants.roleNames]) { row in
            try row.decode("creator", as: String.self)
        }
        guard open.isEmpty else {
            throw StoreError(
                .configuration,
                "the grants are applied, and \(Self.list(open)) may still create objects in the schema public; its owner or a "
                    + "superuser revokes that: 'revoke create on schema public from public'"
            )
        }
    }

    /// Schemas in which everybody may create objects, among those that a session of this database looks names up in
    /// without a search_path of its own. dsr does not look there; programs of others may.
    public func writableSchemas() async throws -> [String] {
        try await rows(GrantStatements.writable) { row in try row.decode("name") }
    }
}

private enum GrantStatements {
    static let creators = Statement(
        "look who may create objects",
        """
        select case when r.role = 'public' then 'everybody' else r.role end as creator
        from unnest('public'::text || $1::text[]) r (role), pg_namespace n
        where n.nspname = 'public'
          and case when r.role = 'public'
              then exists (
                  select from aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
                  where a.grantee = 0 and a.privilege_type = 'CREATE')
              else not (select p.rolsuper or p.oid = n.nspowner from pg_roles p where p.rolname = r.role)
                  and has_schema_privilege(r.role, n.oid, 'create') end
        """
    )

    static let writable = Statement(
        "look for schemas that everybody may write to",
        """
        select n.nspname::text as name from pg_namespace n
        where n.nspname not like 'pg\\_%'
          and exists (
              select from aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
              where a.grantee = 0 and a.privilege_type = 'CREATE')
        order by 1
        """
    )
}
