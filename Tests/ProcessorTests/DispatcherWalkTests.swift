import Store
import SubjectRequests
import Testing

@testable import Processor

/// Random walks: a queue that answers the dispatcher's actions with whatever could happen.
@Suite("Dispatcher, random walks")
struct DispatcherWalkTests {
    @Test(
        "every claimed request is begun or given back exactly once, and the run ends",
        arguments: 0..<200 as Range<UInt64>
    )
    func walk(_ seed: UInt64) throws {
        var world = World(seed: seed)
        var dispatcher = Dispatcher(world.plan)
        var event = Dispatcher.Event.started
        var steps = 0
        while let next = try world.execute(dispatcher.next(event, world.conditions)) {
            event = next
            steps += 1
            try #require(steps < 20_000, "the run does not end")
        }
        #expect(world.inWork.isEmpty)
        #expect(world.held.isEmpty)
        #expect(world.unknown.isEmpty)
        #expect((world.heldBack > 0) == (dispatcher.unknownReason != nil))
        #expect(world.begun.count == Set(world.begun).count)
        #expect(world.mostInWork <= world.plan.concurrency)
        #expect(world.plan.limit.map { world.begun.count <= $0 } ?? true)
        if world.conditions.shutdown == nil { #expect(world.queue.isEmpty && world.suspects.isEmpty) }
    }
}

/// A queue and its surroundings, drawn from a seed.
private struct World {
    private var random: SplitMix
    let plan: Dispatcher.Plan
    var conditions = Dispatcher.Conditions(now: .now)
    var queue: [Int64], suspects: [Int64]
    /// Claimed and neither begun nor given back.
    var held: Set<Int64> = []
    var inWork: Set<Int64> = []
    /// Found to be of unknown customers, and not recorded yet; how many of these were held back.
    var unknown: Set<Int64> = []
    var heldBack = 0
    let unknownPercent: Int
    var begun: [Int64] = []
    var mostInWork = 0

    init(seed: UInt64) {
        var random = SplitMix(state: seed)
        let count = Int64.random(in: 0...60, using: &random)
        queue = Array(0..<count)
        suspects = Array(count..<count + Int64.random(in: 0...3, using: &random))
        plan = Dispatcher.Plan(
            concurrency: Int.random(in: 1...8, using: &random),
            limit: Bool.random(using: &random) ? nil : Int.random(in: 1...40, using: &random),
            unknownBrake: Bool.random(using: &random)
                ? nil : UnknownBrake(.init(), hasKnownCustomer: Bool.random(using: &random), earlierRuns: []),
            unknownTicket: Bool.random(using: &random) ? nil : "T-1"
        )
        unknownPercent = Int.random(in: 0...100, using: &random)
        self.random = random
    }

    private mutating func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// - Returns: What comes of an action; `nil` at the end.
    mutating func execute(_ action: Dispatcher.Action) throws -> Dispatcher.Event? {
        conditions.now += .milliseconds(happens(5) ? 20_000 : 1)
        conditions.isAPIInterrupted = happens(10)
        conditions.isLeaseValid = !happens(10)
        if conditions.shutdown == nil, happens(1) { conditions.shutdown = .stopped }
        switch action {
        case .rescue: return .rescued(.nothing)
        case .admit: return .admitted(.init(elsewhere: happens(10) ? 1 : 0))
        case .countErasures: return .countedErasures(0)
        case .noteBrake: return .notedBrake
        case .noteUnknown: return .notedUnknown
        case .openGates: return .openedGates(0)
        case .tryAPI: return .tried(nil)
        case .claim(let query, let known):
            #expect(known == held.union(inWork).union(unknown))
            return .claimed(try claim(query))
        case .begin(let request, let reportsUnknown):
            #expect(reportsUnknown == (plan.unknownBrake != nil))
            #expect(conditions.shutdown == nil || held.contains(request.id))
            held.remove(request.id)
            inWork.insert(request.id)
            begun.append(request.id)
            mostInWork = max(mostInWork, inWork.count)
            return .began
        case .record(let resolutions):
            for resolution in resolutions {
                held.remove(resolution.claim.request)
                guard unknown.remove(resolution.claim.request) != nil else { continue }
                if resolution.waitingFor == .unknownCustomers { heldBack += 1 }
            }
            return .recorded(resolutions.map { ($0, accepted: true) })
        case .findOtherRuns: return .foundOtherRuns([])
        case .wait: return try wait()
        case .shutDown(let end):
            conditions.shutdown = end
            return .shuttingDown
        case .cancelWork: return .cancelledWork
        case .end: return nil
        }
    }

    private mutating func claim(_ query: ClaimQuery) throws -> ClaimedGroup {
        let numbers = (query.onlySuspects ? suspects : queue).prefix(query.limit)
        if query.onlySuspects { suspects.removeFirst(numbers.count) } else { queue.removeFirst(numbers.count) }
        held.formUnion(numbers)
        return .of(try numbers.map { try .number($0) })
    }

    private mutating func wait() throws -> Dispatcher.Event {
        guard let number = inWork.randomElement(using: &random), !happens(20) else {
            return conditions.shutdown != nil && happens(30) ? .graceEnded : .woke
        }
        inWork.remove(number)
        guard plan.unknownBrake != nil, happens(unknownPercent) else { return try .resolved(number) }
        unknown.insert(number)
        return try .foundUnknown(number)
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
