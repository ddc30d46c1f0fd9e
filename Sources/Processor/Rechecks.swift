import CallPolicy
import Foundation
import Store
import SubjectRequests

/// Looks again at people who were erased, where the controller has said so: a late event of the shop creates a customer anew.
struct Rechecks {
    let link: DatabaseLink
    let run: Int64
    let fulfilment: Fulfilment
    let stop: RunStop

    /// What came of it.
    struct Outcome {
        /// Looks taken, people found to be back, identifiers that ran out of time before anybody looked.
        var looks = 0, back = 0, unread = 0
        /// Calls sent.
        var calls = 0
    }

    /// Takes every look that is due, as many at once as the settings allow. One that fails is taken by the next run.
    func take() async throws -> Outcome {
        var outcome = Outcome()
        outcome.unread = try await link.attempt { store throws(StoreError) in
            try await store.dropExpiredReappearances(run: run)
        }
        var last: Int64 = 0
        while stop.end == nil {
            let due = try await link.attempt { [last] store throws(StoreError) in
                try await store.dueReappearances(after: last, limit: fulfilment.settings.concurrency)
            }
            guard let end = due.last else { break }
            last = end.request
            let looks = await withTaskGroup { group in
                for person in due { group.addTask { await look(at: person) } }
                return await group.reduce(into: [Look]()) { $0.append($1) }
            }
            outcome.calls += looks.reduce(0) { $0 + $1.calls }
            for look in looks {
                guard let found = look.found, try await record(found, of: look.request) else {
                    continue
                }
                outcome.looks += 1
                if case .back = found { outcome.back += 1 }
            }
            // An API that is out will not answer the next ones either.
            if looks.allSatisfy({ $0.found == nil }) { break }
        }
        return outcome
    }

    private func record(_ found: Reappearance, of request: Int64) async throws(StoreError) -> Bool {
        try await link.attempt { store throws(StoreError) in try await store.record(found, of: request, run: run) }
    }

    private struct Look {
        let request: Int64
        let calls: Int
        /// `nil` where no answer came that can be used.
        let found: Reappearance?
    }

    private func look(at person: DueReappearance) async -> Look {
        var calls = fulfilment.calls()
        let contents = try? await fulfilment.inventory(of: person.subject, &calls).contents
        return Look(
            request: person.request,
            calls: calls.count,
            found: contents.map { $0.isErased ? .absent : .back($0.kinds) }
        )
    }
}
