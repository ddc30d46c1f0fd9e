import Postgres
import Store
import SubjectRequests

/// Records resolutions, and announces changes before they are sent, each in groups.
struct Recorder: Sendable {
    private let resolutions: GroupCommit<Resolution, Bool>
    private let intents: GroupCommit<Intent, Permission>

    init(store: ReconnectingStore, run: Int64) {
        let writer = ResolutionWriter(store: store, run: run)
        self.resolutions = GroupCommit(
            size: { resolution in resolution.documents.reduce(0) { $0 + $1.content.count } },
            write: { try await writer.write($0) }
        )
        self.intents = GroupCommit { group in
            // Announcing again is harmless: the second entry stands for the change that is sent.
            try await store.retrying { store in try await store.announce(group, run: run) }
        }
    }

    /// Records a resolution.
    ///
    /// - Returns: `false` where the claim is no longer valid; nothing was written then.
    /// - Throws: ``StoreError`` where the database refuses, or stays away for too long.
    func record(_ resolution: Resolution) async throws -> Bool {
        try await resolutions.commit(resolution)
    }

    /// Records several resolutions in as few commits as their size allows.
    ///
    /// - Returns: For each of them, in their order, whether it was accepted.
    func record(_ resolutions: [Resolution]) async throws -> [Bool] {
        try await withThrowingTaskGroup(of: (Int, Bool).self) { group in
            for (place, resolution) in resolutions.enumerated() {
                group.addTask { (place, try await record(resolution)) }
            }
            return try await group.reduce(into: resolutions.map { _ in false }) { $0[$1.0] = $1.1 }
        }
    }

    /// Records that a change is about to be sent, if it may be sent.
    func announce(_ intent: Intent) async throws -> Permission {
        try await intents.commit(intent)
    }
}

/// Writes a group of resolutions. Where Postgres cannot store a value of one, the group is halved until that one stands
/// alone, so that one bad value costs its own request and no other.
private struct ResolutionWriter: Sendable {
    let store: ReconnectingStore
    let run: Int64

    func write(_ group: [Resolution]) async throws -> [Bool] {
        do {
            return try await record(group)
        } catch let error as StoreError where error.code == .unstorable {
            if group.count > 1 {
                let half = group.count / 2
                return try await write(Array(group.prefix(half))) + write(Array(group.dropFirst(half)))
            }
            let code = error.cause?.sqlState ?? "encoding"
            return try await record(
                group.map { $0.unstorable(reason: "The result cannot be stored (\(code)); the API's answer was lost.") }
            )
        }
    }

    /// Records a group. After a lost connection it is sent again; what had been committed without an answer counts once,
    /// as accepted.
    private func record(_ group: [Resolution]) async throws -> [Bool] {
        let accepted = try await store.retrying { store, isRepeated in
            var accepted = try await store.record(group, run: run)
            if isRepeated {
                let others = group.filter { !accepted.contains($0.claim.request) }
                accepted.formUnion(try await store.recorded(among: others))
            }
            return accepted
        }
        return group.map { accepted.contains($0.claim.request) }
    }
}
