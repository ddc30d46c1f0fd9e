import Store
import SubjectRequests
import Testing

@testable import Processor

@Suite("Dispatcher, unknown customers")
struct DispatcherUnknownTests {
    /// A driver whose brake finds everything unusual until a customer is known.
    private func driver(
        hasKnownCustomer: Bool = false,
        ticket: String? = nil,
        concurrency: Int = 3
    ) -> DispatcherDriver {
        DispatcherDriver(
            .init(
                concurrency: concurrency,
                unknownBrake: UnknownBrake(.init(), hasKnownCustomer: hasKnownCustomer, earlierRuns: []),
                unknownTicket: ticket
            )
        )
    }

    /// A driver like ``driver(hasKnownCustomer:ticket:concurrency:)`` that has begun the requests `1...count`, and found no
    /// others.
    private func driver(
        havingBegun count: Int64,
        hasKnownCustomer: Bool = false,
        ticket: String? = nil,
        concurrency: Int = 3
    ) throws -> DispatcherDriver {
        var driver = driver(hasKnownCustomer: hasKnownCustomer, ticket: ticket, concurrency: concurrency)
        _ = driver.begin()
        _ = driver.send(.claimed(try .numbers(1...count)))
        for _ in 1...count { _ = driver.send(.began) }
        _ = driver.send(.claimed(.empty))
        return driver
    }

    @Test("answers about unknown customers wait for the end of the pass, and are held back together")
    func heldBack() throws {
        var driver = driver()
        #expect(driver.begin() == "claim 3")
        #expect(driver.send(.claimed(try .numbers(1...2))) == "begin 1, reporting unknown")
        #expect(driver.send(.began) == "begin 2, reporting unknown")
        #expect(driver.send(.began) == "claim 3")
        _ = driver.send(.claimed(.empty))
        #expect(try driver.send(.foundUnknown(1)) == "wait 15.0 seconds")
        #expect(try driver.send(.foundUnknown(2)) == "note unknown 2")
        #expect(driver.send(.notedUnknown) == "record 1 waiting, 2 waiting")
        #expect(driver.dispatcher.unknownReason == .noneKnownYet(unknown: 2))
        #expect(driver.dispatcher.lookups == .init())
        #expect(driver.send(.recorded([])) == "admit")
        // They stay held back in this run, and so do those of later passes.
        #expect(driver.send(.admitted(.init(ready: 1))) == "open gates, keeping unknown_customers")
        #expect(driver.send(.openedGates(0)) == "claim 3")
        _ = driver.send(.claimed(try .numbers(3...3)))
        _ = driver.send(.began)
        _ = driver.send(.claimed(.empty))
        #expect(try driver.send(.foundUnknown(3)) == "record 3 waiting")
    }

    @Test("one known customer is enough for a few unknown ones")
    func usual() throws {
        var driver = try driver(havingBegun: 2)
        _ = try driver.send(.foundUnknown(1))
        #expect(try driver.send(.resolved(2)) == "record 1 completed")
        #expect(driver.send(.recorded([])) == "admit")
        #expect(driver.dispatcher.unknownReason == nil)
        #expect(driver.dispatcher.lookups == .init(known: 1, unknown: 1))
        #expect(driver.send(.admitted(.init())) == "open gates")
    }

    @Test("a ticket allows the answers, with one entry, and later runs do not count them")
    func allowed() throws {
        var driver = try driver(havingBegun: 1, ticket: "T-1")
        #expect(try driver.send(.foundUnknown(1)) == "note unknown 1")
        #expect(driver.send(.notedUnknown) == "record 1 completed")
        _ = driver.send(.recorded([]))
        #expect(driver.dispatcher.unknownReason == nil && driver.dispatcher.lookups == .init())
    }

    @Test(
        "a shutdown settles the answers, unless the API belongs to the other environment: then nothing it said counts"
    )
    func shutdown() throws {
        for (end, expected) in [(RunEnd.stopped, "note unknown 1"), (.wrongEnvironment("sandbox"), "record 1 pending")]
        {
            var driver = try driver(havingBegun: 2)
            #expect(try driver.send(.foundUnknown(1)) == "wait 15.0 seconds")
            driver.conditions.shutdown = end
            #expect(driver.send(.woke) == "wait")
            #expect(driver.send(.resolved(try SubjectRequest.number(2).returned(), accepted: true)) == expected)
        }
    }

    @Test("the number of answers in memory is bounded: among many, those that are usual are recorded in between")
    func bounded() throws {
        var driver = try driver(havingBegun: 1_000, hasKnownCustomer: true, concurrency: 1_024)
        for number in 1...300 { _ = try driver.send(.resolved(Int64(number))) }
        for number in 301...555 {
            #expect(try driver.send(.foundUnknown(Int64(number))).hasPrefix("wait"))
        }
        #expect(try driver.send(.foundUnknown(556)).hasPrefix("record 301 completed, "))
        _ = driver.send(.recorded([]))
        // From here on most are unknown.
        for number in 557...811 { _ = try driver.send(.foundUnknown(Int64(number))) }
        #expect(try driver.send(.foundUnknown(812)) == "note unknown 512")
        #expect(driver.send(.notedUnknown).hasPrefix("record 557 waiting, "))
    }
}
