import Postgres
import Store
import SubjectRequests

/// Records results, and announces calls before they are sent, each in groups.
struct Recorder: Sendable {
    private let results: GroupCommit<ClaimResult, Bool>
    private let intents: GroupCommit<Intent, Permission>

    init(store: Store, run: Int64) {
        let writer = ResultWriter(store: store, run: run)
        self.results = GroupCommit(
            size: { result in result.documents.reduce(0) { $0 + $1.content.count } },
            write: { group throws(StoreError) in try await writer.write(group) }
        )
        self.intents = GroupCommit { group throws(StoreError) in try await store.announce(group, run: run) }
    }

    /// Records a result.
    ///
    /// - Returns: `false` where somebody else holds the request by now; nothing was written then.
    /// - Throws: ``StoreError`` where the database cannot be written at all.
    func record(_ result: ClaimResult) async throws -> Bool {
        try await results.commit(result)
    }

    /// Writes down that a call is about to be sent, if it may be.
    func announce(_ intent: Intent) async throws -> Permission {
        try await intents.commit(intent)
    }
}

/// Writes a group of results. Where Postgres cannot store something of it, the group is halved until the culprit
/// stands alone, so that one bad value costs its own request and no other.
private struct ResultWriter: Sendable {
    let store: Store
    let run: Int64

    func write(_ group: [ClaimResult]) async throws(StoreError) -> [Bool] {
        do throws(StoreError) {
            let accepted = try await store.record(group, run: run)
            return group.map { accepted.contains($0.request) }
        } catch {
            guard error.code == .unstorable else { throw error }
            if group.count > 1 {
                let half = group.count / 2
                return try await write(Array(group.prefix(half))) + write(Array(group.dropFirst(half)))
            }
            let failed = group.map { unstorable($0, error) }
            let accepted = try await store.record(failed, run: run)
            return group.map { accepted.contains($0.request) }
        }
    }

    private func unstorable(_ result: ClaimResult, _ error: StoreError) -> ClaimResult {
        var failed = ClaimResult(of: result.request, claim: result.claimNumber, state: .failed)
        failed.outcome = result.outcome.flatMap { $0.completes ? nil : $0 }
        failed.reason =
            "The result cannot be stored (\(error.cause?.sqlState ?? "encoding")); the API's answer was lost."
        failed.calls = result.calls
        failed.mayHaveActed = true
        return failed
    }
}
