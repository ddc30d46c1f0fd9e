import Foundation
import TalonOneSandbox
import TestHouse
import Testing
import ThrowawayPostgres

/// A queue that is longer than a night, before an API that is slower than the queue.
@Suite("Much to do, and a slow API", .takesTurns, .timeLimit(.minutes(30)))
struct BoundsTests {
    private static let postgres = Task { try await ThrowawayPostgres.start() }
    private static let inventory = SandboxMatch(operation: "getCustomerInventory")

    /// A house with accesses of so many people, and a last one of `nobody`. One person's would wait for each other.
    private static func with(accesses count: Int, _ body: @Sendable (House) async throws -> Void) async throws {
        try await House.with(on: try await postgres.value, environment: ["DSR_CONCURRENCY": "4"]) { house in
            try await house.sql(
                """
                insert into dsr.subject_requests (kind, integration_id)
                select 'access', 'person-' || n from generate_series(1, \(count)) n
                union all select 'access', 'nobody'
                """
            )
            try await body(house)
        }
    }

    @Test("no more is claimed than what is worked and as much again")
    func claims() async throws {
        try await Self.with(accesses: 200) { house in
            await house.sandbox.install(SandboxFault(.delay(milliseconds: 20), match: Self.inventory))
            try await house.running { _ in
                var most = 0
                for number in stride(from: 4, through: 160, by: 4) {
                    try await house.received(Self.inventory, number: number)
                    let held = try await house.count(
                        "select count(*) from dsr.subject_requests where state = 'running'"
                    )
                    most = max(most, held)
                }
                #expect((1...8).contains(most))
            }
            .expect(0)
        }
    }

    @Test("ten times as many requests take no more memory")
    func memory() async throws {
        let few = try await Self.peak(accesses: 300)
        let many = try await Self.peak(accesses: 3_000)
        #expect(few > 0 && Double(many) < 1.3 * Double(few), "\(few) KiB, then \(many) KiB")
    }

    /// The most memory that a run has had when it comes to the last of so many requests, in KiB.
    private static func peak(accesses count: Int) async throws -> Int {
        let peak = Peak()
        try await with(accesses: count) { house in
            let last = SandboxMatch(operation: "getCustomerInventory", identifier: "nobody")
            await house.sandbox.install(SandboxFault(.hang, match: last))
            try await house.running { child in
                try await house.received(last)
                await peak.read(child.processIdentifier)
                await house.sandbox.clearFaults()
            }
            .expect(0)
        }
        return await peak.kibibytes
    }

    private actor Peak {
        var kibibytes = 0

        func read(_ process: Int32) {
            let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            kibibytes = line.flatMap { Int($0.split(whereSeparator: \.isWhitespace)[1]) } ?? 0
        }
    }
}
