import Foundation
import Subprocess
import TalonOneSandbox
import TestHouse
import Testing
import ThrowawayPostgres

/// A night that ends before the work does.
@Suite("A run is asked to end", .takesTurns, .timeLimit(.minutes(30)))
struct ShutdownTests {
    private static let postgres = Task { try await ThrowawayPostgres.start() }
    private static let inventory = SandboxMatch(operation: "getCustomerInventory")
    private static let deletion = SandboxMatch(operation: "deleteCustomerData")
    private static let leaves =
        "from dsr.evidence_payloads p, lateral (select convert_from(p.payload, 'UTF8')::json as j) x"

    /// A house with so many erasures.
    private static func with(
        _ count: Int,
        _ body: @Sendable (House, Invariants) async throws -> Void
    ) async throws {
        try await House.withEvidence(on: try await postgres.value, environment: ["DSR_CONCURRENCY": "2"]) { house, _ in
            try await house.makeCustomers(count)
            try await house.sql(
                """
                insert into dsr.subject_requests (kind, integration_id)
                select 'erasure', 'customer-' || n from generate_series(1, \(count)) n
                """
            )
            try await body(house, try await Invariants(house))
        }
    }

    /// What holds after each end in order, and after the run that comes next.
    private static func expectOrder(
        _ ended: House.Ended,
        _ reason: String,
        begun: ClosedRange<Int>,
        _ house: House,
        _ invariants: Invariants
    ) async throws {
        try ended.expect(0)
        #expect(ended.out.contains(reason) && ended.out.contains("the sums agree"), "\(ended.out)")
        #expect(try await house.texts("select end_reason as t from dsr.runs where scope = 'all'") == [reason])
        // Nothing is left behind, nothing is burnt, and what was not begun is as it was.
        #expect(try await house.count("select count(*) from dsr.subject_requests where state = 'running'") == 0)
        #expect(try await house.count("select sum(failures) from dsr.subject_requests") == 0)
        let done = try await house.count("select count(*) from dsr.subject_requests where state = 'completed'")
        #expect(begun.contains(done), "\(done)")
        await house.sandbox.clearFaults()
        try await house.dsr("run").expect(0)
        let (findings, counts) = try await invariants.check()
        #expect(findings == [])
        #expect(counts.leasesLost == 0 && counts.repeated == 0, "\(counts)")
    }

    @Test(
        "a signal ends a run in order: calls in flight finish, the rest goes back",
        arguments: [Subprocess.Signal.terminate, .interrupt]
    )
    func signalled(_ signal: Subprocess.Signal) async throws {
        try await Self.with(20) { house, invariants in
            await house.sandbox.install(SandboxFault(.hang, match: Self.inventory, count: 2, after: 9))
            let ended = try await house.running { child in
                try await house.received(Self.inventory, number: 11)
                try child.send(signal)
                await house.sandbox.clearFaults()
            }
            try await Self.expectOrder(ended, "stopped by a signal", begun: 4...8, house, invariants)
        }
    }

    @Test("calls that do not finish within the grace are given up, and go back with what was claimed and not begun")
    func grace() async throws {
        try await Self.with(6) { house, invariants in
            // The first one is answered, the next two hang, and the fourth is claimed together with the third.
            let hanging = [2, 3].map { SandboxMatch(operation: "getCustomerInventory", identifier: "customer-\($0)") }
            for match in hanging { await house.sandbox.install(SandboxFault(.hang, match: match)) }
            let ended = try await house.running(["run", "--grace", "1"]) { child in
                for match in hanging { try await house.received(match) }
                try child.send(.terminate)
            }
            try await Self.expectOrder(ended, "stopped by a signal", begun: 1...1, house, invariants)
            let back = "j ->> 'event' = 'returned'"
            #expect(try await house.count("select count(*) \(Self.leaves) where \(back)") == 3)
        }
    }

    @Test("a second signal does not wait for the grace")
    func secondSignal() async throws {
        try await Self.with(6) { house, invariants in
            await house.sandbox.install(SandboxFault(.hang, match: Self.inventory, count: 2, after: 1))
            let ended = try await house.running(["run", "--grace", "86400"]) { child in
                try await house.received(Self.inventory, number: 3)
                try child.send(.terminate)
                try child.send(.interrupt)
            }
            try await Self.expectOrder(ended, "stopped by a signal", begun: 0...0, house, invariants)
        }
    }

    @Test(
        "a deletion that is given up without its answer stays in mind, and is not sent again where it was carried out"
    )
    func deletionInFlight() async throws {
        try await Self.with(2) { house, invariants in
            await house.sandbox.install(SandboxFault(.hangAfterActing, match: Self.deletion))
            let ended = try await house.running(["run", "--grace", "0"]) { child in
                try await house.received(Self.deletion, number: 2)
                try child.send(.terminate)
            }
            #expect(try await house.count("select count(*) from dsr.subject_requests where may_have_acted") == 2)
            try await Self.expectOrder(ended, "stopped by a signal", begun: 0...0, house, invariants)
            #expect(
                try await house.count("select count(*) from dsr.subject_requests where outcome = 'already_absent'") == 2
            )
        }
    }

    @Test("a run under a limit begins so many requests and no more", arguments: [1, 2, 7])
    func limit(_ limit: Int) async throws {
        try await Self.with(12) { house, invariants in
            let ended = try await house.dsr("run", "--limit", "\(limit)")
            try await Self.expectOrder(
                ended,
                "it had begun as many requests as it was to",
                begun: limit...limit,
                house,
                invariants
            )
        }
    }

    @Test("a limit that is not reached ends nothing")
    func wideLimit() async throws {
        try await Self.with(3) { house, _ in
            try await house.dsr("run", "--limit", "4").expect(0)
            #expect(try await house.texts("select end_reason as t from dsr.runs") == ["done"])
        }
    }

    @Test("a run ends when its time has come, in the controller's time zone")
    func until() async throws {
        try await Self.with(20) { house, invariants in
            await house.sandbox.install(SandboxFault(.hang, match: Self.inventory, count: 2, after: 5))
            // 04:59:58 in UTC is two seconds before six in Berlin, in winter.
            var environment = try WallClock(for: house, startingAt: "2026-11-25T04:59:58Z").environment
            environment["DSR_TIME_ZONE"] = "Europe/Berlin"
            environment["TZ"] = "UTC"
            let ended = try await house.running(["run", "--until", "06:00", "--grace", "1"], setting: environment) {
                _ in
            }
            try await Self.expectOrder(ended, "its time was up", begun: 1...19, house, invariants)
        }
    }

    @Test(
        "a time, a limit, a grace or a rate that is none is refused",
        arguments: [
            ["--until", "25:00"], ["--until", "6"], ["--until", "06:60"], ["--until", ""], ["--limit", "0"],
            ["--limit", "-1"],
            ["--limit", "many"], ["--grace", "-1"], ["--grace", "86401"], ["--max-rate", "0"], ["--max-rate", "nan"],
        ]
    )
    func invalid(_ words: [String]) async throws {
        try await Self.with(1) { house, _ in
            let ended = try await house.dsr(["run"] + words).expect(64)
            #expect(ended.err.contains(words[0]))
            #expect(try await house.count("select count(*) from dsr.runs") == 0)
        }
    }
}
