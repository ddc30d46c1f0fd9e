import Inventory
import Store
import SubjectRequests
import TalonOne

/// Reads erased customers again, where the controller has configured it: a late event of the shop creates a customer anew.
struct Rechecks {
    let context: RunContext
    let api: APISession

    /// What came of them.
    struct Outcome {
        /// Identifiers that had to be deleted before they were rechecked.
        var missed = 0
        /// API requests sent.
        var calls = 0
    }

    /// Does every recheck that is due, as many at once as the settings allow. One that fails is left for the next run.
    ///
    /// - Throws: ``StoreError``.
    func run() async throws -> Outcome {
        let api = api.counted()
        let (store, run) = (context.store, context.run)
        var outcome = Outcome()
        outcome.missed = try await store.retrying { store in try await store.dropExpiredRechecks(run: run) }
        var last: Int64 = 0
        while context.shutdown.end == nil {
            let due = try await store.retrying { [last] store in
                try await store.dueRechecks(after: last, limit: context.settings.concurrency)
            }
            guard let end = due.last else { break }
            last = end.request
            let findings = await read(due, api)
            guard !context.shutdown.isInWrongEnvironment else { break }
            for (request, finding) in findings {
                _ = try await store.retrying { store in try await store.record(finding, of: request, run: run) }
            }
            // An API that answered none of them will not answer the next ones either.
            if findings.isEmpty { break }
        }
        outcome.calls = api.sent
        return outcome
    }

    /// - Returns: What was found, for the customers about whom the API answered.
    private func read(_ due: [DueRecheck], _ api: APISession) async -> [(Int64, Recheck.Finding)] {
        await withTaskGroup(of: (Int64, Recheck.Finding)?.self) { group in
            for recheck in due {
                group.addTask {
                    do {
                        let inventory = try await api.inventory(
                            of: recheck.subject,
                            sections: Set(InventorySection.allCases)
                        )
                        let finding = Recheck.Finding(inventory, recordRemained: recheck.recordRemained)
                        return (recheck.request, finding)
                    } catch {
                        if let contradiction = error as? EnvironmentContradiction {
                            context.shutdown.stopInWrongEnvironment(contradiction)
                        }
                        return nil
                    }
                }
            }
            return await group.reduce(into: []) { if let found = $1 { $0.append(found) } }
        }
    }
}

extension Recheck.Finding {
    /// What an inventory that was read some time after the erasure says.
    ///
    /// - Parameter recordRemained: Whether the erasure left the record itself, so that the record alone says nothing new.
    init(_ inventory: CustomerInventory, recordRemained: Bool) {
        let found = inventory.remains + (recordRemained ? [] : inventory.record)
        self = found.isEmpty ? .absent : .reappeared(found.sorted())
    }
}
