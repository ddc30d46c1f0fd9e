import CallPolicy
import Foundation
import Inventory
import Reports
import Store
import SubjectRequests
import TalonOne

/// Customers whom Talon.One does not know. That is weak evidence, and believing it deletes the identifier in the end: an
/// erasure is sent all the same, and an earlier answer with data contradicts it.
extension Fulfilment {
    /// The end of a request whose customer is unknown: as it is, or held back where an earlier request was answered with
    /// data and no erasure was completed since.
    func unknown(_ request: SubjectRequest, _ resolution: Resolution) async throws -> Resolution {
        // A deletion of an earlier claim that was sent without an answer explains it.
        guard !request.claim.mayHaveActed else { return resolution }
        let digests = settings.subjectKeys.map { $0.digest(of: request.subject) }
        let (store, run) = (context.store, context.run)
        let contradicting = try await store.retrying { store in
            try await store.earlierAnswer(to: request.subject, digests: digests, excluding: request.id)
        }
        guard let contradicting else { return resolution }
        if let ticket = settings.unknownTicket {
            try await store.retrying { store in try await store.noteUnknown(count: 1, ticket: ticket, run: run) }
            return resolution
        }
        return resolution.heldBack(
            behind: .knownBefore,
            reason:
                "The answer \"no data\" is held back: request \(contradicting) of the same customer was answered with "
                + "data, and no erasure was completed since."
        )
    }

    /// Deletes the data of a customer whom Talon.One does not know, and reads again. The first read can be wrong; an
    /// idempotent deletion costs one call.
    ///
    /// - Returns: What was read after a deletion that was answered, or once there is something after all.
    func deleteUnknown(_ request: SubjectRequest, _ api: APISession) async throws -> CustomerInventory {
        var tries = 0
        while true {
            tries += 1
            let deletion: Deletion
            do {
                deletion = try await delete(request, as: .deleteUnknownCustomer, api)
            } catch let error as APIError {
                throw error.beforeDeletion()
            }
            let after = try await readBackOfUnknown(request, api)
            guard after.isAbsent, !deletion.wasAnswered else { return after }
            guard await waitToRetry(api, tries: tries) else {
                throw APIError(
                    failure: .timedOut,
                    description: "\(Operation.deleteCustomerData.name): no answer came.",
                    mayHaveActed: false
                )
            }
        }
    }

    private func readBackOfUnknown(_ request: SubjectRequest, _ api: APISession) async throws -> CustomerInventory {
        do {
            return try await inventory(of: request, sections: Self.everySection, afterChange: api)
        } catch let error as APIError {
            throw APIError(
                failure: error.failure,
                status: error.status,
                description: "The deletion was sent and could not be verified. \(error.description)",
                mayHaveActed: false
            )
        }
    }
}
