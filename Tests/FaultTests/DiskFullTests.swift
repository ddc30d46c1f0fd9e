import Foundation
import Glibc
import TalonOneSandbox
import TestHouse
import Testing
import ThrowawayPostgres

/// The disk of the report directory is full.
@Suite("No room for documents", .takesTurns, .timeLimit(.minutes(30)))
struct DiskFullTests {
    private static let postgres = Task { try await ThrowawayPostgres.start() }

    @Test(
        "with a full disk every result is safe, the run says so, and the documents are written later without the API",
        .enabled(if: SmallDisk.canBeMade, "needs the right to mount a file system")
    )
    func full() async throws {
        try await House.withEvidence(on: try await Self.postgres.value) { house, _ in
            try await house.makeCustomers(30)
            try await house.sql(
                """
                insert into dsr.subject_requests (kind, integration_id)
                select kind, 'customer-' || n from generate_series(1, 30) n cross join unnest(array['erasure', 'access']) kind
                """
            )
            let invariants = try await Invariants(house)
            let disk = try SmallDisk(at: house.reports, kibibytes: 64)
            defer { disk.remove() }
            let run = try await house.dsr("run").expect(1)
            #expect(run.err.contains("dsr reports deliver") && run.err.split(separator: "\n").count == 1, "\(run.err)")
            #expect(try await house.count("select count(*) from dsr.subject_requests where state <> 'completed'") == 0)
            #expect(run.out.contains("the sums agree"))
            // It has written what there was room for, and nothing by halves.
            let files = try FileManager.default.contentsOfDirectory(atPath: house.reports)
            #expect(!files.isEmpty && !files.contains { $0.hasPrefix(".") || $0.hasSuffix("tmp") }, "\(files)")
            let delivered = try await house.count("select count(*) from dsr.reports where delivered_at is not null")
            #expect(delivered == files.count)
            #expect(
                try await house.dsr("reports", "list", "--undelivered").expect(0).out.split(separator: "\n").count > 10
            )

            // Still no room: the same sentence, and the same exit code.
            #expect(try await house.dsr("reports", "deliver").expect(1).err.contains("space"))
            let calls = await house.sandbox.counts()
            try disk.grow(toKibibytes: 16_384)
            let rest = try await house.dsr("reports", "deliver").expect(0)
            #expect(rest.out.contains("Documents written: "))
            #expect(await house.sandbox.counts() == calls)
            let (findings, _) = try await invariants.check()
            #expect(findings == [])
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
