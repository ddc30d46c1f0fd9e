import Foundation
import Store
import SubjectRequests
import Testing

/// Two runs and one request: every order in which their statements can come.
@Suite("Every order of two runs' statements")
struct InterleavingTests {
    /// A statement that one of the runs sends, or the moment at which the first one's lease passes.
    enum Step: Sendable, Hashable {
        case lapse
        case claim(Actor), announce(Actor), record(Actor), rescue
    }

    /// The first run, and the one that takes over.
    enum Actor: Sendable, Hashable { case first, second }

    /// Three sequences, each of which keeps its own order.
    private static let sequences: [[Step]] = [
        [.claim(.first), .announce(.first), .record(.first)],
        [.lapse],
        [.rescue, .claim(.second), .announce(.second), .record(.second)],
    ]

    /// All ways to merge sequences into one.
    static func merges(of sequences: [[Step]]) -> [[Step]] {
        let open = sequences.indices.filter { !sequences[$0].isEmpty }
        guard !open.isEmpty else { return [[]] }
        return open.flatMap { place in
            var rest = sequences
            let step = rest[place].removeFirst()
            return merges(of: rest).map { [step] + $0 }
        }
    }

    @Test("whatever the order, one result is accepted, and a call goes out only under the claim that holds")
    func all() async throws {
        let orders = Self.merges(of: Self.sequences)
        #expect(orders.count == 280)
        let database = try await Database.fresh()
        let other = try await database.anotherStore()
        for (number, order) in orders.enumerated() {
            var play = try await Play(customer: "customer-\(number)", database, other)
            for step in order { try await play.take(step) }
            try await play.finish()
            #expect(play.findings == [], "\(order)")
        }
        try await database.expectSoundEvidence()
    }
}

/// One order being played.
private struct Play {
    let database: Database
    let other: Store
    let first: Int64, second: Int64, request: Int64
    var claims: [InterleavingTests.Actor: SubjectRequest] = [:]
    var claimNumbers: [Int] = []
    var accepted = 0
    var hasLapsed = false
    /// What should not have been.
    var findings: [String] = []

    init(customer: String, _ database: Database, _ other: Store) async throws {
        self.database = database
        self.other = other
        first = try await database.begin()
        second = try await database.begin()
        request = try await database.ready(.erasure, customer, run: second)
    }

    private func run(of actor: InterleavingTests.Actor) -> Int64 { actor == .first ? first : second }
    private func store(of actor: InterleavingTests.Actor) -> Store { actor == .first ? database.store : other }

    private func isRunning() async throws -> Bool { try await database.column("state", of: request) == "running" }

    mutating func take(_ step: InterleavingTests.Step) async throws {
        switch step {
        case .lapse:
            try await database.lapse(first)
            hasLapsed = true
        case .rescue:
            let isDue = try await isRunning() && hasLapsed
            let returned = try await other.rescue(run: second).returned
            if returned != (isDue ? 1 : 0) { findings.append("the rescue brought \(returned) back") }
        case .claim(let actor):
            claims[actor] = try await claim(run(of: actor), store(of: actor))
            if actor == .first, hasLapsed, claims[actor] != nil { findings.append("claimed without a lease") }
        case .announce(let actor):
            guard let claim = claims[actor] else { return }
            let holds = try await isRunning() && claim.claim.number == claimNumbers.last
            let answer = try await store(of: actor).announce(
                [Intent(.deleteCustomerData, under: claim.claim)],
                run: run(of: actor)
            )
            if answer != [holds ? .granted : .lost] { findings.append("\(actor) was told \(answer)") }
        case .record(let actor):
            guard let claim = claims[actor] else { return }
            accepted += try await store(of: actor).record([completion(of: claim)], run: run(of: actor)).count
        }
    }

    private mutating func claim(_ run: Int64, _ store: Store) async throws -> SubjectRequest? {
        let claimed = try await store.claim(ClaimQuery(limit: 1, scope: .only(request)), run: run).requests.first
        if let claimed { claimNumbers.append(claimed.claim.number) }
        return claimed
    }

    /// Whatever happened, a third run can finish it.
    mutating func finish() async throws {
        try await database.lapse(first)
        try await database.lapse(second)
        let third = try await database.begin()
        _ = try await database.store.rescue(run: third)
        if let claim = try await claim(third, database.store) {
            accepted += try await database.store.record([completion(of: claim)], run: third).count
        }
        if accepted != 1 { findings.append("\(accepted) results were accepted") }
        if claimNumbers != Array(1...max(1, claimNumbers.count)) { findings.append("the claims are \(claimNumbers)") }
        if try await database.column("state", of: request) != "completed" { findings.append("it is not completed") }
        findings += Self.legality(of: try await database.events(of: request))
    }

    /// Whether the events of a request can have happened one after the other.
    private static func legality(of events: [String]) -> [String] {
        var isHeld = false
        var isFinal = false
        for event in events {
            let isLegal =
                switch event {
                case "received", "admitted": !isHeld && !isFinal
                case "claimed": !isHeld && !isFinal
                case "sending", "recorded", "lease_lost": isHeld
                default: false
                }
            guard isLegal else { return ["\(event) cannot come in \(events)"] }
            switch event {
            case "claimed": isHeld = true
            case "lease_lost": isHeld = false
            case "recorded": (isHeld, isFinal) = (false, true)
            default: break
            }
        }
        return isFinal && !isHeld ? [] : ["\(events) does not come to an end"]
    }
}
