import Postgres
import Store
import SubjectRequests

/// Records results, and announces calls before they are sent, each in groups.
struct Recorder: Sendable {
    private let results: GroupCommit<ClaimResult, Bool>
    private let intents: GroupCommit<Intent, Permission>

    init(link: DatabaseLink, run: Int64) {
        let writer = ResultWriter(link: link, run: run)
        self.results = GroupCommit(
            size: { result in result.documents.reduce(0) { $0 + $1.content.count } },
            write: { group throws(StoreError) in try await writer.write(group) }
        )
        self.intents = GroupCommit { group throws(StoreError) in
            // Announced twice is announced: the second leaf stands for the call that is sent.
            try await link.attempt { store throws(StoreError) in try await store.announce(group, run: run) }
        }
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
    let link: DatabaseLink
    let run: Int64

    func write(_ group: [ClaimResult]) async throws(StoreError) -> [Bool] {
        do throws(StoreError) {
            return try await record(group)
        } catch {
            guard error.code == .unstorable else { throw error }
            if group.count > 1 {
                let half = group.count / 2
                return try await write(Array(group.prefix(half))) + write(Array(group.dropFirst(half)))
            }
            let failed = group.map { unstorable($0, error) }
            return try await record(failed)
        }
    }

    /// Records a group. If the connection breaks it is sent again, and what had been committed without an answer counts
    /// once, as accepted.
    private func record(_ group: [ClaimResult]) async throws(StoreError) -> [Bool] {
        let accepted = try await link.attempt { store, isRepeated throws(StoreError) in
            var accepted = try await store.record(group, run: run)
            if isRepeated {
                accepted.formUnion(try await store.recorded(among: group.filter { !accepted.contains($0.request) }))
            }
            return accepted
        }
        return group.map { accepted.contains($0.request) }
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
