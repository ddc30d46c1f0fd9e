import Foundation
import TalonOneSandbox
import TestHouse
import Testing
import ThrowawayPostgres

/// A host whose clock is wrong, or is set in the middle of the night.
@Suite("A host's clock is wrong", .takesTurns, .timeLimit(.minutes(30)))
struct ClockTests {
    private static let postgres = Task { try await ThrowawayPostgres.start() }
    private static let environment = ["DSR_CONCURRENCY": "4", "DSR_LEASE_SECONDS": "6"]
    private static let inventory = SandboxMatch(operation: "getCustomerInventory")

    private static func prepare(_ house: House) async throws -> Invariants {
        try await house.makeCustomers(40)
        try await house.sql(
            """
            insert into dsr.subject_requests (kind, integration_id)
            select kind, 'customer-' || n from generate_series(1, 40) n cross join unnest(array['erasure', 'access']) kind
            """
        )
        return try await Invariants(house)
    }

    @Test(
        "two runs whose clocks are an hour or a year off share the work as any others",
        arguments: [3_600, -3_600, 31_536_000, -31_536_000]
    )
    func skew(_ seconds: Int) async throws {
        try await House.withEvidence(on: try await Self.postgres.value, environment: Self.environment) { house, _ in
            let invariants = try await Self.prepare(house)
            let clock = try WallClock(for: house, offBy: seconds)
            await house.sandbox.install(SandboxFault(.delay(milliseconds: 20)))
            async let wrong = house.dsr(["run"], setting: clock.environment)
            async let right = house.dsr("run")
            try await wrong.expect(0)
            try await right.expect(0)
            let (findings, counts) = try await invariants.check()
            #expect(findings == [])
            #expect(counts.received == 40 && counts.leasesLost == 0, "\(counts)")
            // What the database says and what the leaves say is the database's time.
            let longAgo = try await house.count(
                """
                select count(*) from dsr.evidence_leaves l join dsr.evidence_payloads p using (index),
                    lateral (select (convert_from(p.payload, 'UTF8')::json ->> 'time')::timestamptz as at) x
                where abs(extract(epoch from at - clock_timestamp())) > 600 or at is null
                """
            )
            #expect(longAgo == 0)
            #expect(
                try await house.count(
                    "select count(*) from dsr.subject_requests where abs(extract(epoch from finished_at - clock_timestamp())) > 600"
                ) == 0
            )
        }
    }

    @Test(
        "a clock that jumps in the middle of a run costs neither the lease nor a deadline",
        arguments: [3_600, -3_600]
    )
    func jump(_ seconds: Int) async throws {
        try await House.withEvidence(on: try await Self.postgres.value, environment: Self.environment) { house, _ in
            let invariants = try await Self.prepare(house)
            let clock = try WallClock(for: house, offBy: 0)
            await house.sandbox.install(SandboxFault(.delay(milliseconds: 50)))
            let ended = try await house.running(["run"], setting: clock.environment) { _ in
                try await house.received(Self.inventory, number: 5)
                try clock.set(offBy: seconds)
                try await house.received(Self.inventory, number: 50)
                try clock.set(offBy: -seconds)
                // Longer than the lease: it has been renewed under each of the clocks.
                await house.sandbox.install(SandboxFault(.hang, match: Self.inventory))
                try await house.letPass(seconds: 7)
                await house.sandbox.clearFaults()
            }
            try ended.expect(0)
            let (findings, counts) = try await invariants.check()
            #expect(findings == [])
            #expect(counts.received == 40 && counts.leasesLost == 0, "\(counts)")
            #expect(try await house.count("select sum(failures) from dsr.subject_requests") == 0)
        }
    }

    @Test("what waits for a later try waits by the database's clock")
    func notBefore() async throws {
        try await House.with(on: try await Self.postgres.value) { house in
            try await house.sql("insert into dsr.subject_requests (kind, integration_id) values ('access', 'nobody')")
            try await house.sql(
                "update dsr.subject_requests set not_before = clock_timestamp() + interval '10 minutes'"
            )
            try await house.dsr(["run"], setting: WallClock(for: house, offBy: 3_600).environment).expect(0)
            #expect(try await house.ending(of: 1) == "pending -")
        }
    }

    @Test("under a preloaded library, which moves the environment, the arguments arrive and stay unseen")
    func processTitle() async throws {
        let canary = "canary-under-preload@example.com"
        try await House.with(on: try await Self.postgres.value) { house in
            await house.sandbox.install(SandboxFault(.hang, match: SandboxMatch(identifier: canary)))
            let clock = try WallClock(for: house, offBy: 0)
            let ended = try await house.running(["export", canary, "--output", "-"], setting: clock.environment) { _ in
                _ = try await house.sandbox.waitForRequest(matching: SandboxMatch(identifier: canary))
                let titles = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { entry in
                    Int(entry).flatMap { FileManager.default.contents(atPath: "/proc/\($0)/cmdline") }
                        .map { String(decoding: $0, as: UTF8.self) }
                }
                #expect(titles.contains { $0.contains("/dsr\0export") })
                #expect(!titles.contains { $0.contains(canary) })
                await house.sandbox.clearFaults()
            }
            #expect(ended.code == 0 || ended.code == 1, "\(ended.err)")
        }
    }
}
