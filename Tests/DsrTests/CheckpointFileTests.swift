import Foundation
import TestEnvironment
import Testing

@Suite("Checkpoint files")
struct CheckpointFileTests {
    @Test("the audit names a checkpoint file that is damaged, truncated, missing or another's")
    func damagedFiles() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            for name in ["a", "b"] { try await env.answer(name) }
            let files = try keys.checkpointFiles()
            let (first, last) = (try #require(files.first), try #require(files.last))
            let whole = try #require(FileManager.default.contents(atPath: last))
            func verify(_ content: Data, _ what: String) async throws {
                try content.write(to: URL(filePath: last))
                let ended = try await env.dsr("evidence", "verify").expect(1)
                #expect(ended.out.contains((last as NSString).lastPathComponent), "\(what): \(ended.out)")
            }
            for position in stride(from: 0, to: whole.count, by: max(1, whole.count / 12)) {
                var damaged = whole
                damaged[position] ^= 1
                try await verify(damaged, "byte \(position)")
            }
            try await verify(whole.prefix(whole.count / 2), "truncated")
            try await verify(Data(), "empty")
            try await verify(try #require(FileManager.default.contents(atPath: first)), "another checkpoint")
            let swapped = try await env.dsr("evidence", "verify").expect(1).out
            #expect(swapped.contains("contains a checkpoint of size") && !swapped.contains("but the log has only"))
            try whole.write(to: URL(filePath: last))
            try await env.dsr("evidence", "verify").expect(0)
            try FileManager.default.removeItem(atPath: first)
            #expect(try await env.dsr("evidence", "verify").expect(1).out.contains("that is not filed"))
            #expect(try await env.dsr("evidence", "verify", "--key", keys.witness).code != 0)
        }
    }
}
