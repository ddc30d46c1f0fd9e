import Inventory
import Store
import SubjectRequests

/// Repeated erasures: of a replay after a restore of Talon.One, and of an incident.
extension Fulfilment {
    /// The end of a repeated erasure whose customer has registered anew since: what was requested once is no request to
    /// erase the new record. `nil` for any other erasure.
    func registeredAnew(
        _ request: SubjectRequest,
        _ inventory: CustomerInventory
    ) async throws -> Resolution? {
        // A bare record can come from a late event of the shop, and deleting it takes nothing from anyone.
        guard inventory.holdsMoreThanRecord else { return nil }
        let repeated = try await context.store.retrying { store in try await store.erasureRepeated(by: request.id) }
        guard let repeated else { return nil }
        // A restored record is as it was before the erasure.
        let latest = repeated.leftRecord ? inventory.lastActiveAt : inventory.createdAt
        if let latest, latest <= repeated.finishedAt { return nil }
        let finding =
            latest == nil
            ? "Talon.One does not say since when it has the customer's record"
            : "the customer registered anew after the erasure of request \(repeated.request)"
        return request.failed(
            .registeredAnew,
            reason:
                "Nothing was deleted: \(finding), and a repeated erasure does not apply to a new record. If the customer "
                + "requests erasure again, submit a new erasure; cancel this one with 'dsr requests cancel'."
        )
    }
}
