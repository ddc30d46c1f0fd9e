import Foundation
import SubjectRequests
import TestEnvironment
import Testing

@Suite("The export of the log")
struct LogExportTests {
    @Test("an export has the layout that tools for transparency logs read")
    func export() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.submit(.access, customers: 1...60)
            try await env.dsr("run").expect(0)
            let folder = env.folder + "/log"
            try await env.dsr("evidence", "export", folder).expect(0)
            let size = try await env.count("select size from dsr.evidence_head")
            #expect(size > 256)
            #expect(
                FileManager.default.contents(atPath: folder + "/checkpoint")?.starts(
                    with: Data("dsr.test/log\n\(size)\n".utf8)
                ) == true
            )
            #expect(FileManager.default.contents(atPath: folder + "/tile/0/000")?.count == 256 * 32)
            #expect(
                FileManager.default.contents(atPath: folder + "/tile/1/000.p/\(size / 256)")?.count == size / 256 * 32
            )
            let entries = try #require(FileManager.default.contents(atPath: folder + "/tile/entries/000"))
            let length = Int(entries[0]) << 8 | Int(entries[1])
            let leaf = try JSONSerialization.jsonObject(with: entries[2..<2 + length]) as? [String: Any]
            #expect(leaf?["index"] as? Int == 0)
        }
    }

    @Test("partial tiles and entries of every signed size are exported until the full tile exists")
    func signedSizes() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            let folder = env.folder + "/log"
            func widths(_ path: String) -> [Int] {
                ((try? FileManager.default.contentsOfDirectory(atPath: folder + path)) ?? []).compactMap { Int($0) }
                    .sorted()
            }
            for name in ["a", "b", "c"] { try await env.answer(name) }
            let sizes = try await env.texts("select size::text as t from dsr.evidence_checkpoints order by size")
                .compactMap { Int($0) }
            #expect(sizes.count == 3)
            try await env.dsr("evidence", "export", folder).expect(0)
            #expect(widths("/tile/0/000.p") == sizes)
            #expect(widths("/tile/entries/000.p") == sizes)

            try await env.submit(.access, customers: 1...60)
            try await env.dsr("run").expect(0)
            try FileManager.default.removeItem(atPath: folder)
            try await env.dsr("evidence", "export", folder).expect(0)
            #expect(widths("/tile/0/000.p").isEmpty && widths("/tile/entries/000.p").isEmpty)
            let size = try await env.count("select size from dsr.evidence_head")
            #expect(widths("/tile/0/001.p") == [size - 256])
        }
    }
}
