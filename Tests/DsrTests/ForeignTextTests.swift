import Foundation
import TestEnvironment
import Testing

@Suite("Text from outside cannot forge a terminal's lines")
struct ForeignTextTests {
    private static let hostile = "web\u{1B}[1A\u{1B}[K\nrequest 99 completed\r\t\u{9B}2J\u{7}\u{202E}x\u{2028}"
    private static let shown =
        #"web\x1b[1A\x1b[K\x0arequest 99 completed\x0d\x09\x9b2J\x07\u{202e}x\u{2028}"#

    /// Control characters except the line breaks and tabs of dsr itself.
    private func controls(in text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" }
    }

    @Test("channel, requester, decisions, approver, ticket's neighbours and holds are shown without control characters")
    func shown() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            let text = Self.hostile
            // The rules of the tables keep such text out. A row that got past them is shown without harm all the same.
            let tables = ["subject_requests", "decisions", "legal_holds"]
            for table in tables { try await env.sql("alter table dsr.\(table) disable trigger user") }
            try await env.sql(
                """
                insert into dsr.subject_requests (kind, integration_id, channel, requested_by)
                values ('erasure', 'anna', $1, $2)
                """,
                text,
                text
            )
            try await env.dsr("requests", "suspend", "1", "--for", "clarification", "--ticket", "T-1").expect(0)
            try await env.sql(
                """
                update dsr.subject_requests r
                set approved_by = $1, approved_with_role = 'x', approved_at = now(), approved_content = dsr.content_digest(r)
                """,
                text + "2"
            )
            try await env.sql(
                "insert into dsr.decisions (request_id, decision, reason, actor) values (1, 'approved', $1, $1)",
                text
            )
            try await env.sql(
                """
                insert into dsr.legal_holds (subject_digest, subject_key_id, ground, source_of_law, placed_by, review_on)
                values (sha256(''), '\\x0102030405060708', 'e', $1, $1, current_date)
                """,
                text
            )
            for table in tables { try await env.sql("alter table dsr.\(table) enable trigger user") }
            let again = try await env.dsr("requests", "approve", "1", "--subject", "anna", "--ticket", "T-1").expect(0)
            #expect(again.out.contains("already approved, by \(Self.shown)2."))
            let show = try await env.dsr("requests", "show", "1").expect(0).out
            for part in [
                "channel       \(Self.shown)\n", "requested by  \(Self.shown)\n",
                "approved by \(Self.shown)2 (database role",
                "\(Self.shown): approved (\(Self.shown))\n",
            ] { #expect(show.contains(part), "\(part) in \(show)") }
            let holds = try await env.dsr("requests", "holds").expect(0).out
            #expect(holds.hasPrefix("1\tArt. 17(3)(e)\t\(Self.shown)\t\(Self.shown)\t"))
            for command in [
                ["requests", "show", "1"], ["requests", "list"], ["requests", "holds"],
                ["requests", "show", "1", "--json"],
                ["requests", "holds", "--json"], ["requests", "list", "--json"],
            ] {
                let ended = try await env.dsr(command).expect(0)
                #expect(controls(in: ended.out + ended.err).isEmpty, "\(command)")
            }
            let json = try await env.dsr("requests", "holds", "--json").expect(0).out
            let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            #expect(object?["law"] as? String == text)
        }
    }
}
