import Foundation
import Store
import SubjectRequests
import Testing

@testable import Processor

@Suite("Dispatcher")
struct DispatcherTests {
    // MARK: - Passes

    @Test("an empty queue is admitted, checked, claimed from and left, in that order")
    func emptyQueue() {
        var driver = DispatcherDriver()
        #expect(driver.send(.started) == "rescue")
        #expect(driver.send(.rescued(.nothing)) == "admit")
        #expect(driver.send(.admitted(.init())) == "open gates")
        #expect(driver.send(.openedGates(0)) == "try API")
        #expect(driver.send(.tried(nil)) == "claim 16")
        #expect(driver.send(.claimed(.empty)) == "admit")
        #expect(driver.send(.admitted(.init())) == "open gates")
        #expect(driver.send(.openedGates(0)) == "claim suspect")
        #expect(driver.send(.claimed(.empty)) == "rescue")
        #expect(driver.send(.rescued(.nothing)) == "find other runs")
        #expect(driver.send(.foundOtherRuns([])) == "end")
    }

    @Test("as many requests are in work as the plan allows, and the next group is claimed when one of them ends")
    func concurrency() throws {
        var driver = DispatcherDriver(.init(concurrency: 2))
        #expect(driver.begin() == "claim 2")
        #expect(driver.send(.claimed(try .numbers(1...2))) == "begin 1")
        #expect(driver.send(.began) == "begin 2")
        #expect(driver.send(.began) == "wait 15.0 seconds")
        #expect(try driver.send(.resolved(2)) == "claim 2")
        #expect(driver.send(.claimed(try .numbers(3...3))) == "begin 3")
        #expect(driver.send(.began) == "wait 15.0 seconds")
        #expect(try driver.send(.resolved(1)) == "claim 2")
        #expect(driver.send(.claimed(.empty)) == "wait 15.0 seconds")
        #expect(try driver.send(.resolved(3)) == "admit")
        #expect(driver.dispatcher.tally.completed == [.exported: 3])
    }

    @Test("a pass that claimed, admitted or opened something is followed by another", arguments: [0, 1, 2])
    func anotherPass(_ what: Int) throws {
        var driver = DispatcherDriver()
        _ = driver.begin()
        if what == 0 {
            _ = driver.send(.claimed(try .numbers(1...1)))
            _ = driver.send(.began)
            #expect(try driver.send(.resolved(1)) == "claim 16")
        }
        #expect(driver.send(.claimed(.empty)) == "admit")
        _ = driver.send(.admitted(.init(ready: what == 1 ? 1 : 0)))
        #expect(driver.send(.openedGates(what == 2 ? 1 : 0)) == "claim 16")
        #expect(driver.send(.claimed(.empty)) == "admit")
        #expect(driver.passWithoutFinding() == "claim suspect")
    }

    @Test("rows that another run is admitting are waited for and then claimed from, but not for ever")
    func admittedElsewhere() {
        var driver = DispatcherDriver()
        _ = driver.begin()
        var waits = 0
        var action = driver.send(.claimed(.empty))
        while action == "admit", waits < 1_000 {
            _ = driver.send(.admitted(.init(elsewhere: 3)))
            action = driver.send(.openedGates(0))
            guard action == "wait 0.1 seconds" else { break }
            waits += 1
            #expect(driver.send(.woke) == "claim 16")
            action = driver.send(.claimed(.empty))
        }
        #expect(waits == 49)
        #expect(action == "claim suspect")
    }

    @Test("claimed rows that cannot be read are refused before anything else begins")
    func unreadable() throws {
        var driver = DispatcherDriver()
        _ = driver.begin()
        let unreadable = UnreadableRequest(claim: Claim(request: 7, number: 1), reason: InvalidRequest("bad"))
        #expect(driver.send(.claimed(.of([try .number(8)], unreadable: [unreadable]))) == "record 7 refused")
        let refused = Claim(request: 7, number: 1).refused(InvalidRequest("bad"))
        #expect(driver.send(.recorded([(refused, accepted: true)])) == "begin 8")
        #expect(driver.dispatcher.tally.refused == 1)
    }

    @Test("what is new is admitted before the API is asked, and an API that is not there ends the run after that")
    func admittedFirst() {
        var driver = DispatcherDriver()
        _ = driver.send(.started)
        #expect(driver.send(.rescued(.nothing)) == "admit")
        _ = driver.send(.admitted(.init(ready: 3)))
        #expect(driver.send(.openedGates(0)) == "try API")
        #expect(driver.send(.tried(.apiUnavailable("no connection"))) == "shut down: no connection")
        driver.conditions.shutdown = .apiUnavailable("no connection")
        #expect(driver.send(.shuttingDown) == "end")
    }

    // MARK: - Limits

    @Test("a limit bounds claims and beginnings, and the run shuts down when it is reached")
    func limit() throws {
        var driver = DispatcherDriver(.init(concurrency: 2, limit: 3))
        #expect(driver.begin() == "claim 2")
        _ = driver.send(.claimed(try .numbers(1...2)))
        _ = driver.send(.began)
        _ = driver.send(.began)
        #expect(try driver.send(.resolved(1)) == "claim 1")
        #expect(driver.send(.claimed(try .numbers(3...4))) == "begin 3")
        #expect(driver.send(.began) == "shut down: request limit reached")
        driver.conditions.shutdown = .requestLimitReached
        #expect(driver.send(.shuttingDown) == "record 4 pending")
        #expect(driver.send(.recorded([(try SubjectRequest.number(4).returned(), accepted: true)])) == "wait")
        #expect(try driver.send(.resolved(2)) == "wait")
        #expect(try driver.send(.resolved(3)) == "end")
    }

    @Test("while no API request gets through, one request is in work and no more")
    func interrupted() throws {
        var driver = DispatcherDriver()
        _ = driver.begin()
        _ = driver.send(.claimed(try .numbers(1...3)))
        driver.conditions.isAPIInterrupted = true
        #expect(driver.send(.began) == "wait 15.0 seconds")
        #expect(try driver.send(.resolved(1)) == "begin 2")
        #expect(driver.send(.began) == "wait 15.0 seconds")
        driver.conditions.isAPIInterrupted = false
        #expect(driver.send(.woke) == "begin 3")
    }

    @Test("an outage of the API that lasts too long shuts the run down, with the reason")
    func outage() {
        var driver = DispatcherDriver()
        _ = driver.begin()
        driver.conditions.apiOutage = .apiUnavailable("Talon.One was unavailable for 5 min")
        #expect(driver.send(.claimed(.empty)) == "shut down: Talon.One was unavailable for 5 min")
    }

    @Test("refused credentials shut the run down, with the reason")
    func credentials() throws {
        var driver = DispatcherDriver()
        _ = driver.begin()
        _ = driver.send(.claimed(try .numbers(1...2)))
        let returned = try SubjectRequest.number(1).returned()
        let event = Dispatcher.Event.resolved(returned, accepted: true, credentialsRefused: "the API key (HTTP 401)")
        #expect(driver.send(event) == "shut down: credentials refused: the API key (HTTP 401)")
    }

    // MARK: - Lease

    @Test("while the lease is in doubt nothing is claimed and nothing is begun, and the wait is not a busy one")
    func doubtfulLease() throws {
        var driver = DispatcherDriver(.init(lease: .seconds(60)))
        _ = driver.begin()
        driver.conditions.isLeaseValid = false
        #expect(driver.send(.claimed(try .numbers(1...2))) == "wait 1.0 seconds")
        #expect(driver.send(.woke) == "wait 1.0 seconds")
        driver.conditions.isLeaseValid = true
        #expect(driver.send(.woke) == "begin 1")
        driver.conditions.isLeaseValid = false
        #expect(driver.send(.began) == "wait 1.0 seconds")
    }

    @Test("a claim that is empty because the lease expired ends the run as lease lost, not as done")
    func claimWithoutLease() {
        var driver = DispatcherDriver()
        _ = driver.begin()
        #expect(driver.send(.claimed(.leaseLost)) == "shut down: lease lost")
        driver.conditions.shutdown = .leaseLost
        #expect(driver.send(.shuttingDown) == "end")
    }

    @Test("a rescue that finds the run's own lease expired ends the run as lease lost")
    func rescueWithoutLease() {
        var driver = DispatcherDriver()
        _ = driver.send(.started)
        #expect(driver.send(.rescued(Rescue(returned: 0, setAside: 0, holdsLease: false))) == "shut down: lease lost")
    }

    // MARK: - Dead runs

    @Test("dead runs are looked for every 15 seconds, or four times a lease where that is shorter")
    func rescueInterval() throws {
        for (lease, wait) in [(Duration.seconds(60), "15.0"), (.seconds(8), "2.0")] {
            var driver = DispatcherDriver(.init(lease: lease))
            _ = driver.begin()
            _ = driver.send(.claimed(try .numbers(1...1)))
            _ = driver.send(.began)
            #expect(driver.send(.claimed(.empty)) == "wait \(wait) seconds")
            driver.letPass(lease)
            #expect(driver.send(.woke) == "rescue")
            #expect(driver.send(.rescued(.nothing)) == "wait \(wait) seconds")
        }
    }

    @Test("what was rescued is claimed in the same pass, and what was set aside counts as failed")
    func rescued() throws {
        var driver = DispatcherDriver()
        _ = driver.begin()
        _ = driver.send(.claimed(try .numbers(1...1)))
        _ = driver.send(.began)
        _ = driver.send(.claimed(.empty))
        driver.letPass(.seconds(15))
        #expect(driver.send(.woke) == "rescue")
        #expect(driver.send(.rescued(Rescue(returned: 2, setAside: 1, holdsLease: true))) == "claim 16")
        #expect(driver.dispatcher.tally.failed == 1)
    }

    @Test("other runs that renew their leases keep their work; those that do not are watched for two leases")
    func takeover() {
        let seen = Date(timeIntervalSince1970: 1_000)
        var driver = DispatcherDriver(.init(lease: .seconds(6)))
        func findsOthers() -> String {
            _ = driver.begin()
            _ = driver.send(.claimed(.empty))
            _ = driver.passWithoutFinding()
            _ = driver.send(.claimed(.empty))
            return driver.send(.rescued(.nothing))
        }
        #expect(findsOthers() == "find other runs")
        #expect(driver.send(.foundOtherRuns([RunAtWork(id: 1, leaseUntil: seen)])) == "wait 0.6 seconds")
        #expect(driver.send(.woke) == "rescue")
        #expect(driver.send(.rescued(.nothing)) == "find other runs")
        var renewing = driver
        #expect(renewing.send(.foundOtherRuns([RunAtWork(id: 1, leaseUntil: seen + 1)])) == "end")
        var silent = driver
        silent.letPass(.seconds(12))
        #expect(silent.send(.foundOtherRuns([RunAtWork(id: 1, leaseUntil: seen)])) == "end")
        #expect(driver.send(.foundOtherRuns([RunAtWork(id: 1, leaseUntil: seen)])) == "wait 0.6 seconds")
        #expect(driver.send(.woke) == "rescue")
        #expect(driver.send(.rescued(Rescue(returned: 1, setAside: 0, holdsLease: true))) == "claim 16")
    }

    @Test("requests that have crashed runs are processed one at a time, with nothing beside them")
    func suspects() throws {
        var driver = DispatcherDriver()
        _ = driver.begin()
        _ = driver.send(.claimed(.empty))
        #expect(driver.passWithoutFinding() == "claim suspect")
        #expect(driver.send(.claimed(try .numbers(5...5))) == "begin 5")
        #expect(driver.send(.began) == "wait 15.0 seconds")
        #expect(try driver.send(.resolved(5)) == "admit")
        #expect(driver.passWithoutFinding() == "claim suspect")
        #expect(driver.send(.claimed(.of([], gated: 1))) == "admit")
    }

    // MARK: - Brake

    @Test("too many erasures are held back, with an entry, in all that follows")
    func brake() throws {
        var driver = DispatcherDriver(.init(brake: ErasureBrake(.init(maximum: 3), earlierRuns: [])))
        _ = driver.send(.started)
        _ = driver.send(.rescued(.nothing))
        #expect(driver.send(.admitted(.init())) == "count erasures")
        #expect(driver.send(.countedErasures(4)) == "note brake 4")
        #expect(driver.send(.notedBrake) == "open gates, braked")
        #expect(driver.dispatcher.brakeReason == .tooMany(found: 4, maximum: 3))
        _ = driver.send(.openedGates(0))
        #expect(driver.send(.tried(nil)) == "claim 16, braked")
        #expect(driver.send(.claimed(.empty)) == "admit")
        #expect(driver.send(.admitted(.init())) == "open gates, braked")
    }

    @Test("erasures of earlier passes count: a queue that is filled while the run goes on is held back too")
    func brakeLater() throws {
        var driver = DispatcherDriver(.init(brake: ErasureBrake(.init(maximum: 3), earlierRuns: [])))
        _ = driver.send(.started)
        _ = driver.send(.rescued(.nothing))
        _ = driver.send(.admitted(.init()))
        #expect(driver.send(.countedErasures(2)) == "open gates")
        _ = driver.send(.openedGates(0))
        _ = driver.send(.tried(nil))
        _ = driver.send(.claimed(try .numbers(1...2, .erasure)))
        _ = driver.send(.began)
        #expect(driver.send(.began) == "claim 16")
        _ = driver.send(.claimed(.empty))
        _ = try driver.send(.resolved(1))
        #expect(try driver.send(.resolved(2)) == "admit")
        #expect(driver.send(.admitted(.init(ready: 2))) == "count erasures")
        #expect(driver.send(.countedErasures(2)) == "note brake 2")
    }

    @Test("a ticket releases the brake, with an entry, and it is not applied again")
    func brakeReleased() throws {
        let plan = Dispatcher.Plan(brake: ErasureBrake(.init(maximum: 3), earlierRuns: []), brakeTicket: "T-1")
        var driver = DispatcherDriver(plan)
        _ = driver.send(.started)
        _ = driver.send(.rescued(.nothing))
        _ = driver.send(.admitted(.init()))
        #expect(driver.send(.countedErasures(4)) == "note brake 4")
        #expect(driver.send(.notedBrake) == "open gates")
        #expect(driver.dispatcher.brakeReason == nil)
        _ = driver.send(.openedGates(0))
        _ = driver.send(.tried(nil))
        _ = driver.send(.claimed(.empty))
        #expect(driver.send(.admitted(.init())) == "open gates")
    }

    // MARK: - Shutdown

    @Test("a shutdown begins nothing more, gives back what was not begun, and waits for what is in work")
    func shutdown() throws {
        var driver = DispatcherDriver(.init(concurrency: 3))
        _ = driver.begin()
        _ = driver.send(.claimed(try .numbers(1...3)))
        driver.conditions.shutdown = .stopped
        #expect(driver.send(.began) == "record 2 pending, 3 pending")
        #expect(driver.send(.recorded([])) == "wait")
        #expect(try driver.send(.resolved(1)) == "end")
    }

    @Test("when the grace period is over, what is in work is cancelled once and still waited for")
    func grace() throws {
        var driver = DispatcherDriver()
        _ = driver.begin()
        _ = driver.send(.claimed(try .numbers(1...1)))
        driver.conditions.shutdown = .stopped
        #expect(driver.send(.began) == "wait")
        #expect(driver.send(.graceEnded) == "cancel work")
        #expect(driver.send(.cancelledWork) == "wait")
        #expect(driver.send(.graceEnded) == "wait")
        #expect(driver.send(.resolved(try SubjectRequest.number(1).returned(), accepted: true)) == "end")
    }

    @Test("a run for one request claims that one and neither watches other runs nor looks for suspects")
    func oneRequest() throws {
        var driver = DispatcherDriver(.init(scope: .only(9)))
        #expect(driver.begin() == "claim 16")
        #expect(driver.send(.claimed(try .numbers(9...9))) == "begin 9")
        #expect(driver.send(.began) == "claim 16")
        #expect(driver.send(.claimed(.empty)) == "wait 15.0 seconds")
        #expect(try driver.send(.resolved(9)) == "admit")
        _ = driver.send(.admitted(.init()))
        #expect(driver.send(.openedGates(0)) == "claim 16")
        #expect(driver.send(.claimed(.empty)) == "admit")
        #expect(driver.passWithoutFinding() == "end")
    }
}
