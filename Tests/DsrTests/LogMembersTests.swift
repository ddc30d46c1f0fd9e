import Foundation
import TestEnvironment
import Testing

@testable import Notary

@Suite("Members of log entries")
struct LogMembersTests {
    @Test("the function that appends, the audit and docs/evidence-log.md name the same members")
    func agree() async throws {
        let given = LeafFields.givenMembers
        try await TestEnvironment.with { env in
            let source = "select prosrc from pg_proc where oid = 'dsr.refuse_members(json)'::regprocedure"
            let quoted = try await env.texts(
                "select m[1] as t from regexp_matches((\(source)), '''([a-z_]+)''', 'g') m where m[1] <> 'check_violation'"
            )
            #expect(Set(quoted).subtracting(["evidence_members_are_known"]) == given)
            for member in given {
                try await env.script("select dsr.refuse_members(json_build_object('\(member)', 1))")
            }
            for entry in LeafFields.ownMembers.map({ #"{"event":"x","\#($0)":1}"# }) + [#"{"ticket":1,"ticket":2}"#] {
                let refused = try await env.psql("select dsr.refuse_members('\(entry)')")
                #expect(refused.err.contains("unknown, reserved or given twice"), "\(entry)")
            }
        }

        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/evidence-log.md")
        let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
            .drop { $0 != "| field | meaning |" }.dropFirst(2).prefix { $0.hasPrefix("|") }
        let names = rows.flatMap { $0.split(separator: "|")[0].split(separator: "`") }
        let documented = names.filter { $0.allSatisfy { $0.isLowercase || $0 == "_" } }
        #expect(Set(documented.map(String.init)) == given.union(LeafFields.ownMembers))
    }
}
