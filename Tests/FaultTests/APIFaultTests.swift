import Foundation
import SubjectRequests
import Subprocess
import TalonOneSandbox
import TestEnvironment
import Testing

/// The API fails in each way that a server can, and recovers.
@Suite("The API misbehaves for a while", .takesTurns, .timeLimit(.minutes(30)))
struct APIFaultTests {
    private static func with(
        environment: [String: String] = [:],
        _ body: @Sendable (TestEnvironment) async throws -> Void
    ) async throws {
        let environment = [
            "DSR_CONCURRENCY": "4", "DSR_CALL_TIMEOUT_SECONDS": "1", "DSR_CALL_MAXIMUM_BODY_MEBIBYTES": "1",
        ]
        .merging(environment) { $1 }
        try await TestEnvironment.withEvidence(on: try await FaultServer.shared, environment: environment) { env, _ in
            try await body(env)
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

    @Test(
        "each request ends with a true outcome, whichever call the API fails in whichever way",
        arguments: operations,
        behaviours
    )
    func misbehaviour(_ operation: String, _ behaviour: SandboxFault.Behaviour) async throws {
        try await Self.with { env in
            let invariants = try await KillTests.prepare(env)
            await env.sandbox.install(
                SandboxFault(behaviour, match: SandboxMatch(operation: operation), count: 2, after: 1)
            )
            let ended = try await env.dsr("run")
            #expect([0, 1, 75].contains(ended.code), "\(ended.err)")
            await env.sandbox.clearFaults()
            // An operator retries what needs action.
            for request in try await env.texts(
                "select id::text as t from dsr.subject_requests where state = 'failed'"
            ) {
                try await env.dsr("requests", "retry", request, "--ticket", "T-1").expect(0)
            }
            try await env.dsr("run").expect(0)
            let counts = try await invariants.expectAll()
            #expect(counts.acted == 3, "\(counts)")
        }
    }

    @Test("an erasure that could not be verified explains why the next one finds no data")
    func explainedByAnother() async throws {
        try await Self.with { env in
            try await env.makeCustomers(1)
            try await env.submit(.erasure, "customer-1")
            let match = SandboxMatch(operation: "getCustomerInventory", identifier: "customer-1")
            await env.sandbox.install(SandboxFault(.hugeBody(mebibytes: 4), match: match, after: 1))
            try await env.dsr("run").expect(1)
            #expect(try await env.ending(of: 1) == "failed outcome_unknown")
            await env.sandbox.clearFaults()
            try await env.submit(.erasure, "customer-1")
            // The first request stays open until an operator closes it.
            try await env.dsr("run").expect(1)
            #expect(try await env.ending(of: 2) == "completed already_absent")
        }
    }

    // MARK: - Outages

    @Test("a burst of errors opens the circuit breaker, and fails no request", arguments: [500, 502, 503, 504])
    func burst(status: Int) async throws {
        try await Self.with { env in
            try await env.submit(.access, customers: 1...200)
            let invariants = try await Invariants(env)
            await env.sandbox.install(SandboxFault(.status(code: status), match: Self.inventory, count: 16, after: 5))
            try await env.dsr("run").expect(0)
            try await invariants.expectAll()
            #expect(try await env.count("select sum(failures) from dsr.subject_requests") == 0)
            // Without the circuit breaker the other calls would have failed as well.
            let received = await env.sandbox.counts().operations["getCustomerInventory"]?.received ?? 0
            #expect(received == 200 + 16 + 1, "with the preflight call")
        }
    }

    // MARK: - Throttling

    @Test(
        "a Retry-After delays all calls, and a value that makes no sense is ignored",
        arguments: [429, 503],
        ["1", "DATE", "", "soon", "-5", "0", "1.5", "Thu, 01 Jan 1970 00:00:00 GMT", "99999999999999999999"]
    )
    func retryAfter(status: Int, value: String) async throws {
        try await Self.with { env in
            try await env.submit(.access, customers: 1...20)
            let invariants = try await Invariants(env)
            let date = Date(timeIntervalSinceNow: 2).formatted(
                .verbatim(
                    "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT",
                    locale: Locale(identifier: "en_US_POSIX"),
                    timeZone: .gmt,
                    calendar: Calendar(identifier: .gregorian)
                )
            )
            await env.sandbox.install(
                SandboxFault(
                    .status(code: status, retryAfter: value == "DATE" ? date : value),
                    match: Self.inventory,
                    count: 1,
                    after: 5
                )
            )
            let began = try await env.now()
            try await env.dsr("run").expect(0)
            let took = try await env.now() - began
            if value == "1" || value == "DATE" { #expect(took >= 1) }
            try await invariants.expectAll()
            #expect(try await env.count("select sum(failures) from dsr.subject_requests") == 0)
        }
    }

    @Test("an absurdly long Retry-After is bounded, and a signal ends the wait")
    func absurdWait() async throws {
        try await Self.with { env in
            try await env.submit(.access, customers: 1...20)
            await env.sandbox.install(
                SandboxFault(.status(code: 429, retryAfter: "100000000"), match: Self.inventory, count: 1, after: 5)
            )
            let ended = try await env.running(["run", "--grace", "0"]) { child in
                try await env.received(Self.inventory, number: 6)
                try await env.letPass(.milliseconds(500))
                try child.send(.terminate)
            }
            try ended.expect(0)
            // All calls wait, not only the one that was told to.
            #expect(await env.sandbox.counts().operations["getCustomerInventory"]?.received ?? 0 <= 6 + 3)
            #expect(try await env.requests("state = 'running'") == 0)
            #expect(try await env.count("select sum(failures) from dsr.subject_requests") == 0)
        }
    }

    @Test("a run finds the rate limit of an API, keeps to it, and gets every answer")
    func throttle() async throws {
        var settings = SandboxSettings()
        settings.throttle = SandboxSettings.Throttle(requestsPerSecond: 40)
        try await TestEnvironment.with(
            settings,
            on: try await FaultServer.shared,
            environment: ["DSR_CONCURRENCY": "8"]
        ) {
            env in
            try await env.submit(.access, customers: 1...150)
            let invariants = try await Invariants(env)
            try await env.dsr("run").expect(0)
            try await invariants.expectAll()
            #expect(try await env.count("select sum(failures) from dsr.subject_requests") == 0)
            let received = await env.sandbox.counts().operations["getCustomerInventory"]?.received ?? 0
            // Without the limiter each of the eight would be refused again and again.
            #expect(received < 200, "\(received)")
        }
    }

    @Test("--max-rate bounds the calls per second")
    func maximumRate() async throws {
        try await Self.with { env in
            try await env.submit(.access, customers: 1...20)
            let began = try await env.now()
            try await env.dsr("run", "--max-rate", "10").expect(0)
            #expect(try await env.now() - began >= 2)
        }
    }
}
