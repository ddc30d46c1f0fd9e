import Foundation
import SubjectRequests
import TestEnvironment
import Testing

@Suite("Checkpoint files that are gone")
struct MissingCheckpointTests {
    /// What happens to the checkpoint directory after two checkpoints were filed.
    enum Loss: CaseIterable {
        case folderRemoved, folderEmptied, lastFileRemoved, anotherFolder
    }

    @Test("nothing is filed or made anew where the last filed checkpoint is gone", arguments: Loss.allCases)
    func gone(_ loss: Loss) async throws {
        try await TestEnvironment.withEvidence { env, keys in
            for name in ["a", "b"] { try await env.answer(name) }
            let aside = env.folder + "/aside"
            var setting: [String: String?] = [:]
            let files = try keys.checkpointFiles()
            switch loss {
            case .folderRemoved: try FileManager.default.moveItem(atPath: keys.checkpoints, toPath: aside)
            case .folderEmptied:
                try FileManager.default.copyItem(atPath: keys.checkpoints, toPath: aside)
                for file in files { try FileManager.default.removeItem(atPath: file) }
            case .lastFileRemoved:
                try FileManager.default.copyItem(atPath: keys.checkpoints, toPath: aside)
                try FileManager.default.removeItem(atPath: files[files.count - 1])
            case .anotherFolder: setting["DSR_EVIDENCE_DIRECTORY"] = env.folder + "/other"
            }
            let left = try? keys.checkpointFiles()

            try await env.submit(.access, "c")
            let run = try await env.dsr("run", setting: setting).expect(1)
            #expect(run.err.contains("was signed, and its checkpoint was not filed"), "\(run.err)")
            #expect(run.err.contains("is missing in the checkpoint directory"))
            #expect(!run.err.contains("not signed"))
            #expect(run.out.contains("evidence: not_filed:"), "\(run.out)")
            #expect((try? keys.checkpointFiles()) == left)
            #expect(!FileManager.default.fileExists(atPath: env.folder + "/other"))
            let checkpoint = try await env.dsr("evidence", "checkpoint", setting: setting).expect(1)
            #expect(checkpoint.out.hasPrefix("Signed: ") && checkpoint.err.contains("signed and not filed"))
            let verify = try await env.dsr("evidence", "verify", setting: setting).expect(1)
            #expect(verify.out.contains("missing in the checkpoint directory"))

            // The files are back: the next run goes on as if nothing had been.
            if loss != .anotherFolder {
                try? FileManager.default.removeItem(atPath: keys.checkpoints)
                try FileManager.default.moveItem(atPath: aside, toPath: keys.checkpoints)
            }
            try await env.answer("d")
            try await env.dsr("evidence", "verify").expect(0)
            #expect(try keys.checkpointFiles().count == 3)
        }
    }

    @Test("files that are lost for good are adopted with a ticket, and named in the log")
    func lostForGood() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            for name in ["a", "b"] { try await env.answer(name) }
            try await env.dsr("evidence", "adopt", "--ticket", "T-1").expect(1)
            let sizes = try await env.texts("select size::text as t from dsr.evidence_checkpoints order by size")
            try FileManager.default.removeItem(atPath: keys.checkpoints)
            try FileManager.default.createDirectory(atPath: keys.checkpoints, withIntermediateDirectories: true)
            try await env.dsr("evidence", "adopt").expect(64)
            let adopted = try await env.dsr("evidence", "adopt", "--ticket", "T-1").expect(0)
            #expect(adopted.out.contains("Marked as lost: the files of 2 checkpoints"))
            let verify = try await env.dsr("evidence", "verify").expect(0)
            #expect(
                verify.out.contains("checkpoint files were lost (size \(sizes.joined(separator: ", "))), ticket T-1")
            )
            try await env.answer("c")
            try await env.dsr("evidence", "verify").expect(0)

            // Exactly the adopted files may be missing.
            let first = try #require(keys.checkpointFiles().first)
            try FileManager.default.removeItem(atPath: first)
            #expect(try await env.dsr("evidence", "verify").expect(1).out.contains("a filed checkpoint is missing"))
        }
    }

    @Test("a run without a checkpoint directory says so, if there was one before")
    func noDirectory() async throws {
        try await TestEnvironment.withEvidence { env, _ in
            try await env.answer("a")
            try await env.submit(.access, "b")
            let run = try await env.dsr("run", setting: ["DSR_EVIDENCE_DIRECTORY": nil]).expect(1)
            #expect(run.err.contains("no checkpoint directory is configured"))
        }
    }

    @Test("a directory that cannot be written to leaves the log signed, and is told apart from an unsigned log")
    func notWritable() async throws {
        try await TestEnvironment.withEvidence { env, keys in
            // A file where the directory should be: root could write to any directory.
            try Data().write(to: URL(filePath: keys.checkpoints))
            try await env.submit(.access, "a")
            let run = try await env.dsr("run").expect(1)
            #expect(run.err.contains("was signed, and its checkpoint was not filed"))
            #expect(run.out.contains("evidence: not_filed:"), "\(run.out)")
            #expect(try await env.count("select count(*) from dsr.evidence_checkpoints where filed_at is null") == 1)
            try FileManager.default.removeItem(atPath: keys.checkpoints)
            try await env.answer("b")
            try await env.dsr("evidence", "verify").expect(0)
        }
    }
}
