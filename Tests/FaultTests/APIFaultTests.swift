import Foundation
import Subprocess
import TalonOneSandbox
import TestHouse
import Testing
import ThrowawayPostgres

/// The API misbehaves, in every way that a server can, and in the end behaves again.
@Suite("The API misbehaves for a while", .takesTurns, .timeLimit(.minutes(30)))
struct APIFaultTests {
    private static let postgres = Task { try await ThrowawayPostgres.start() }

    private static func with(
        environment: [String: String] = [:],
        _ body: @Sendable (House) async throws -> Void
    ) async throws {
        let environment = [
            "DSR_CONCURRENCY": "4", "DSR_CALL_TIMEOUT_SECONDS": "1", "DSR_CALL_MAXIMUM_BODY_MEBIBYTES": "1",
        ]
        .merging(environment) { $1 }
        try await House.withEvidence(on: try await postgres.value, environment: environment) { house, _ in
            try await body(house)
        }
    }

    private static let inventory = SandboxMatch(operation: "getCustomerInventory")

    // MARK: - Every misbehaviour at every call

    static let behaviours: [SandboxFault.Behaviour] = [
        .hang, .hangAfterActing, .dropBeforeActing, .dropAfterActing, .garbage, .invalidUTF8, .truncatedBody,
        .endlessBody,
        .slowBody(millisecondsPerByte: 200), .hugeBody(mebibytes: 4), .hugeHeader(kibibytes: 512),
        .closeAfterAnswer, .redirect(location: "http://127.0.0.1:1/"),
        .status(code: 500), .status(code: 502, act: true), .status(code: 503, retryAfter: "1"),
        .status(code: 429, retryAfter: "1"), .status(code: 408), .status(code: 425), .status(code: 409),
    ]
    static let operations = [
        "getCustomerInventory", "deleteCouponReservation", "deleteCustomerData", "updateCustomerProfile",
    ]

    /// A run, and then runs until nothing more comes of it.
    @Test(
        "whatever the API does at whichever call, each request comes to an end that is true",
        arguments: operations,
        behaviours
    )
    func misbehaviour(_ operation: String, _ behaviour: SandboxFault.Behaviour) async throws {
        try await Self.with { house in
            let invariants = try await KillTests.prepare(house)
            await house.sandbox.install(
                SandboxFault(behaviour, match: SandboxMatch(operation: operation), count: 2, after: 1)
            )
            let ended = try await house.dsr("run")
            #expect([0, 1].contains(ended.code), "\(ended.err)")
            await house.sandbox.clearFaults()
            // What needs a person gets one, who has looked into it.
            for request in try await house.texts(
                "select id::text as t from dsr.subject_requests where state = 'failed'"
            ) {
                try await house.dsr("requests", "retry", request, "--ticket", "T-1").expect(0)
            }
            try await house.dsr("run").expect(0)
            let (findings, counts) = try await invariants.check()
            #expect(findings == [])
            #expect(counts.acted == 3, "\(counts)")
        }
    }

    @Test("an erasure that was carried out and could not be verified explains the absence that the next one finds")
    func explainedByAnother() async throws {
        try await Self.with { house in
            try await house.makeCustomers(1)
            let erasure = "insert into dsr.subject_requests (kind, integration_id) values ('erasure', 'customer-1')"
            try await house.sql(erasure)
            let match = SandboxMatch(operation: "getCustomerInventory", identifier: "customer-1")
            await house.sandbox.install(SandboxFault(.hugeBody(mebibytes: 4), match: match, after: 1))
            try await house.dsr("run").expect(1)
            #expect(try await house.ending(of: 1) == "failed outcome_unknown")
            await house.sandbox.clearFaults()
            try await house.sql(erasure)
            try await house.dsr("run").expect(0)
            #expect(try await house.ending(of: 2) == "completed already_absent")
        }
    }

    // MARK: - Outages

    @Test("a burst of errors opens the breaker, and fails no request", arguments: [500, 502, 503, 504])
    func burst(status: Int) async throws {
        try await Self.with { house in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'c' || n from generate_series(1, 200) n"
            )
            let invariants = try await Invariants(house)
            await house.sandbox.install(SandboxFault(.status(code: status), match: Self.inventory, count: 16, after: 5))
            try await house.dsr("run").expect(0)
            let (findings, _) = try await invariants.check()
            #expect(findings == [])
            #expect(try await house.count("select sum(failures) from dsr.subject_requests") == 0)
            // Had nothing held them back, the others would have run into it as well.
            let received = await house.sandbox.counts().operations["getCustomerInventory"]?.received ?? 0
            #expect(received == 200 + 16 + 1, "with the call before the run")
        }
    }

    // MARK: - Please wait

    @Test(
        "who is told to wait waits, all calls do, and what makes no sense is not obeyed",
        arguments: [429, 503],
        ["1", "DATE", "", "soon", "-5", "0", "1.5", "Thu, 01 Jan 1970 00:00:00 GMT", "99999999999999999999"]
    )
    func retryAfter(status: Int, value: String) async throws {
        try await Self.with { house in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'c' || n from generate_series(1, 20) n"
            )
            let invariants = try await Invariants(house)
            let date = Date(timeIntervalSinceNow: 2).formatted(
                .verbatim(
                    "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT",
                    locale: Locale(identifier: "en_US_POSIX"),
                    timeZone: .gmt,
                    calendar: Calendar(identifier: .gregorian)
                )
            )
            await house.sandbox.install(
                SandboxFault(
                    .status(code: status, retryAfter: value == "DATE" ? date : value),
                    match: Self.inventory,
                    count: 1,
                    after: 5
                )
            )
            let began = try await house.now()
            try await house.dsr("run").expect(0)
            let took = try await house.now() - began
            if value == "1" || value == "DATE" { #expect(took >= 1) }
            let (findings, _) = try await invariants.check()
            #expect(findings == [])
            #expect(try await house.count("select sum(failures) from dsr.subject_requests") == 0)
        }
    }

    @Test("a wait without end is bounded, and a signal ends it")
    func absurdWait() async throws {
        try await Self.with { house in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'c' || n from generate_series(1, 20) n"
            )
            await house.sandbox.install(
                SandboxFault(.status(code: 429, retryAfter: "100000000"), match: Self.inventory, count: 1, after: 5)
            )
            let ended = try await house.running(["run", "--grace", "0"]) { child in
                try await house.received(Self.inventory, number: 6)
                try await house.sql("select pg_sleep(0.5)")
                try child.send(.terminate)
            }
            try ended.expect(0)
            // All wait, not only the one that was told so.
            #expect(await house.sandbox.counts().operations["getCustomerInventory"]?.received ?? 0 <= 6 + 3)
            #expect(try await house.count("select count(*) from dsr.subject_requests where state = 'running'") == 0)
            #expect(try await house.count("select sum(failures) from dsr.subject_requests") == 0)
        }
    }

    @Test("an API that throttles in earnest is asked as often as it likes, and answers everything")
    func throttle() async throws {
        var settings = SandboxSettings()
        settings.throttle = SandboxSettings.Throttle(requestsPerSecond: 40)
        try await House.with(settings, on: try await Self.postgres.value, environment: ["DSR_CONCURRENCY": "8"]) {
            house in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'c' || n from generate_series(1, 150) n"
            )
            let invariants = try await Invariants(house)
            try await house.dsr("run").expect(0)
            let (findings, _) = try await invariants.check()
            #expect(findings == [])
            #expect(try await house.count("select sum(failures) from dsr.subject_requests") == 0)
            let received = await house.sandbox.counts().operations["getCustomerInventory"]?.received ?? 0
            // Without the gate each of the eight would run into the limit again and again.
            #expect(received < 200, "\(received)")
        }
    }

    @Test("calls are no more than so many a second, where that is asked for")
    func maximumRate() async throws {
        try await Self.with { house in
            try await house.sql(
                "insert into dsr.subject_requests (kind, integration_id) select 'access', 'c' || n from generate_series(1, 20) n"
            )
            let began = try await house.now()
            try await house.dsr("run", "--max-rate", "10").expect(0)
            #expect(try await house.now() - began >= 2)
        }
    }
}
