import Foundation
import Glibc
import SubjectRequests
import TalonOneSandbox
import TestEnvironment
import Testing

/// The disk of the report directory is full.
@Suite("A full disk loses no document", .takesTurns, .timeLimit(.minutes(30)))
struct DiskFullTests {
    @Test(
        "on a full disk every result is safe, the run reports it, and the documents are written later without the API",
        .enabled(if: SmallDisk.canBeMade, "needs the right to mount a file system")
    )
    func full() async throws {
        try await TestEnvironment.withEvidence(on: try await FaultServer.shared) { env, _ in
            let invariants = try await env.queue(.erasure, .access, customers: 30)
            let disk = try SmallDisk(at: env.reports, kibibytes: 64)
            defer { disk.remove() }
            let run = try await env.dsr("run").expect(1)
            #expect(run.err.contains("dsr reports deliver") && run.sentences.count == 1, "\(run.err)")
            #expect(try await env.requests("state <> 'completed'") == 0)
            #expect(run.out.contains("the sums agree"))
            // It has written what there was room for, each file whole.
            let files = try FileManager.default.contentsOfDirectory(atPath: env.reports)
                .filter { $0 != ".dsr-database" }
            #expect(!files.isEmpty && !files.contains { $0.hasPrefix(".") || $0.hasSuffix("tmp") }, "\(files)")
            let delivered = try await env.count("select count(*) from dsr.reports where delivered_at is not null")
            #expect(delivered == files.count)
            #expect(
                try await env.dsr("reports", "list", "--undelivered").expect(0).out.split(separator: "\n").count > 10
            )

            // Still no room: the same sentence, and the same exit code.
            #expect(try await env.dsr("reports", "deliver").expect(1).err.contains("space"))
            let calls = await env.sandbox.counts()
            try disk.grow(toKibibytes: 16_384)
            let rest = try await env.dsr("reports", "deliver").expect(0)
            #expect(rest.out.contains("Documents written: "))
            #expect(await env.sandbox.counts() == calls)
            try await invariants.expectAll()
        }
    }
}

/// A file system that is soon full.
private struct SmallDisk {
    let path: String

    /// Whether this process may mount one, found out by doing it.
    static let canBeMade: Bool = {
        let path = FileManager.default.temporaryDirectory.path + "/dsr-test-disk-\(UUID().uuidString)"
        guard (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)) != nil else {
            return false
        }
        defer { rmdir(path) }
        guard mount("tmpfs", path, "tmpfs", 0, "size=64k") == 0 else { return false }
        return umount(path) == 0
    }()

    init(at path: String, kibibytes: Int) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(kibibytes)k,mode=0700") == 0 else { throw Errno() }
    }

    func grow(toKibibytes size: Int) throws {
        guard mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(size)k") == 0 else { throw Errno() }
    }

    func remove() {
        umount2(path, Int32(MNT_DETACH))
    }

    struct Errno: Error {
        let number = errno
    }
}
