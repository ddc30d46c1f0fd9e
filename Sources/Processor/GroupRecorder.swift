import Foundation
import Postgres
import Store
import SubjectRequests

/// Writes results in groups: whatever arrived while the last group was being written is the next one.
///
/// No timer: a lone result is written at once, and under load groups grow by themselves.
actor GroupRecorder {
    private struct Waiting {
        let result: ClaimResult
        let accepted: CheckedContinuation<Bool, any Error>
    }

    private let store: Store
    private let run: Int64
    private var queue: [Waiting] = []
    private var isWriting = false

    /// Results and document bytes in one group, at most; one result is a group whatever its size.
    private let maximumCount = 256
    private let maximumBytes = 32 << 20

    init(store: Store, run: Int64) {
        self.store = store
        self.run = run
    }

    /// Records a result.
    ///
    /// - Returns: `false` where somebody else holds the request by now; nothing was written then.
    /// - Throws: ``StoreError`` where the database cannot be written at all.
    func record(_ result: ClaimResult) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            queue.append(Waiting(result: result, accepted: continuation))
            guard !isWriting else { return }
            isWriting = true
            // Not a child of the caller: a result that is known is written even when the run is being stopped.
            Task { await write() }
        }
    }

    private func write() async {
        while !queue.isEmpty {
            await write(nextGroup())
        }
        isWriting = false
    }

    private func nextGroup() -> [Waiting] {
        var bytes = 0
        let count =
            queue.prefix(maximumCount).prefix { waiting in
                bytes += waiting.result.documents.reduce(0) { $0 + $1.content.count }
                return bytes <= maximumBytes
            }.count
        let group = Array(queue.prefix(max(1, count)))
        queue.removeFirst(group.count)
        return group
    }

    /// Writes a group. Where Postgres cannot store something of it, the group is halved until the culprit stands
    /// alone, so that one bad value costs its own request and no other.
    private func write(_ group: [Waiting]) async {
        do throws(StoreError) {
            let accepted = try await store.record(group.map(\.result), run: run)
            for waiting in group { waiting.accepted.resume(returning: accepted.contains(waiting.result.request)) }
        } catch {
            guard error.code == .unstorable else {
                for waiting in group { waiting.accepted.resume(throwing: error) }
                return
            }
            if group.count > 1 {
                await write(Array(group.prefix(group.count / 2)))
                await write(Array(group.dropFirst(group.count / 2)))
            } else if let waiting = group.first {
                await writeUnstorable(waiting, error)
            }
        }
    }

    private func writeUnstorable(_ waiting: Waiting, _ error: StoreError) async {
        var result = ClaimResult(of: waiting.result.request, claim: waiting.result.claimNumber, state: .failed)
        result.outcome = waiting.result.outcome.flatMap { $0.completes ? nil : $0 }
        result.reason =
            "The result cannot be stored (\(error.cause?.sqlState ?? "encoding")); the API's answer was lost."
        result.calls = waiting.result.calls
        result.mayHaveActed = true
        do throws(StoreError) {
            let accepted = try await store.record([result], run: run)
            waiting.accepted.resume(returning: !accepted.isEmpty)
        } catch {
            waiting.accepted.resume(throwing: error)
        }
    }
}
