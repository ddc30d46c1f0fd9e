import SubjectRequests
import TalonOneSandbox
import TestEnvironment

/// What a soak does, drawn from a seed: the same seed draws the same plan.
struct SoakPlan: Sendable, Equatable {
    struct Request: Sendable, Equatable {
        let right: Right, customer: Int
    }

    /// What happens to a run, or to what it needs, while it works.
    enum Incident: String, Sendable, CaseIterable {
        case nothing, kill, stopAndContinue, stopPastLease, terminate, terminateTwice
        case restartServer, crashServer, terminateBackends, cutConnections, deafConnections, readOnlyServer, fullServer
    }

    /// Runs at the same time, and the faults that they meet.
    struct Episode: Sendable, Equatable {
        /// How many runs, and how many requests each may start.
        let runs: Int, limit: Int
        let incident: Incident
        /// The number of calls before the incident.
        let incidentAfter: Int
        let apiFaults: [SandboxFault]
        let cuts: [PostgresProxy.Point]
    }

    let seed: UInt64
    /// Customers that exist; those with higher numbers do not.
    let customers: Int
    let requests: [Request]
    let episodes: [Episode]

    init(seed: UInt64, requests count: Int) {
        var random = SplitMix64(state: seed)
        let customers = max(1, count / 2)
        self.seed = seed
        self.customers = customers
        requests = (0..<count).map { _ in
            Request(
                right: random.pick(Self.rights),
                customer: .random(in: 1...customers * 20 / 19, using: &random)
            )
        }
        let number = max(6, count / 250)
        episodes = (0..<number).map { _ in Self.episode(requests: max(10, count / number), &random) }
    }

    private static let rights =
        Array(repeating: Right.erasure, count: 7) + Array(repeating: .access, count: 8)
        + Array(repeating: .portability, count: 2) + Array(repeating: .rectification, count: 3)

    private static func episode(requests: Int, _ random: inout SplitMix64) -> Episode {
        let runs = random.pick([1, 1, 1, 2, 2, 4])
        return Episode(
            runs: runs,
            limit: max(1, requests / runs),
            incident: random.pick(Incident.allCases),
            // There is at least one call for each request.
            incidentAfter: .random(in: 1...requests, using: &random),
            apiFaults: (0..<Int.random(in: 0...4, using: &random)).map { _ in apiFault(within: requests / 8, &random) },
            cuts: (0..<Int.random(in: 0...3, using: &random)).map { _ in cut(&random) }
        )
    }

    private static let operations = [
        "getCustomerInventory", "deleteCouponReservation", "deleteCustomerData", "updateCustomerProfile",
    ]

    private static func apiFault(within calls: Int, _ random: inout SplitMix64) -> SandboxFault {
        let behaviours: [SandboxFault.Behaviour] = [
            .delay(milliseconds: .random(in: 1...1_500, using: &random)), .hang, .hangAfterActing, .dropBeforeActing,
            .dropAfterActing, .garbage, .invalidUTF8, .truncatedBody, .endlessBody, .slowBody(millisecondsPerByte: 200),
            .hugeBody(mebibytes: 2), .hugeHeader(kibibytes: 512), .closeAfterAnswer,
            .redirect(location: "http://127.0.0.1:1/"), .status(code: 500),
            .status(code: 500, act: true), .status(code: 502), .status(code: 503, retryAfter: "1"),
            .status(code: 429, retryAfter: "1"), .status(code: 408), .status(code: 409),
        ]
        return SandboxFault(
            random.pick(behaviours),
            match: SandboxMatch(operation: random.pick(operations)),
            count: .random(in: 1...12, using: &random),
            after: .random(in: 0...calls, using: &random)
        )
    }

    private static let statements = [
        "begin a run", "rescue requests", "admit requests", "claim requests", "announce API requests", "record results",
        "check the gates of waiting requests", "mark documents delivered", "end a run", "renew the lease",
    ]

    private static func cut(_ random: inout SplitMix64) -> PostgresProxy.Point {
        PostgresProxy.Point(
            random.pick(PostgresProxy.Point.Moment.allCases),
            random.pick(statements),
            number: .random(in: 1...5, using: &random)
        )
    }
}

/// Steele, Lea and Flood's generator: small, and the same everywhere. https://doi.org/10.1145/2660193.2660195
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
