public import Store
import SubjectRequests

/// What a run would find in the queue, read without changing anything.
public struct DryRun: Sendable, Encodable {
    /// A new row that would be refused.
    public struct Refusal: Sendable, Encodable {
        /// The row's number.
        public let request: Int64
        /// One sentence.
        public let reason: String
    }

    /// New rows that would be admitted, and rows that are ready, by right.
    public private(set) var newByRight: [String: Int] = [:], readyByRight: [String: Int] = [:]
    /// Waiting rows by gate.
    public private(set) var waitingByReason: [String: Int] = [:]
    /// Rows that may only be claimed later, and rows that other runs hold.
    public private(set) var later = 0, running = 0
    /// New rows that would be refused; the first 1,000.
    public private(set) var refusals: [Refusal] = []
    /// Why erasures would be held back, as far as the present queue shows; `nil` where they would not.
    public private(set) var brake: String?

    private var newUngatedErasures = 0

    private enum CodingKeys: String, CodingKey {
        case newByRight, readyByRight, waitingByReason, later, running, refusals, brake
    }

    /// Reads the queue, and finds what a run with these settings would do.
    ///
    /// - Throws: ``StoreError``.
    public static func read(from store: Store, settings: ProcessorSettings) async throws -> DryRun {
        var dryRun = DryRun()
        var last: Int64 = 0
        while true {
            let new = try await store.newRequests(after: last, limit: 512)
            guard let end = new.last else { break }
            last = end.id
            for request in new { dryRun.add(request, settings.admission.verdict(on: request)) }
        }
        for group in try await store.openRequests() { dryRun.add(group) }
        let earlier = try await store.erasuresOfEarlierRuns(environment: settings.environment, limit: 20)
        let due = try await store.dueErasures() + dryRun.newUngatedErasures
        dryRun.brake = ErasureBrake(settings.brake, earlierRuns: earlier).reason(done: 0, due: due)?.description
        return dryRun
    }

    private mutating func add(_ request: NewRequest, _ verdict: Admission.Verdict) {
        switch verdict {
        case .admitted(_, _, let needs):
            newByRight[request.kind, default: 0] += 1
            if request.kind == Right.erasure.rawValue, needs == GateNeeds() { newUngatedErasures += 1 }
        case .refused(let refusal):
            guard refusals.count < 1_000 else { return }
            refusals.append(Refusal(request: request.id, reason: refusal.reason))
        }
    }

    private mutating func add(_ group: OpenGroup) {
        switch group.state {
        case .waiting: waitingByReason[group.waitingFor?.rawValue ?? "", default: 0] += group.count
        case .running: running += group.count
        default:
            if group.isLater { later += group.count } else { readyByRight[group.kind, default: 0] += group.count }
        }
    }
}
