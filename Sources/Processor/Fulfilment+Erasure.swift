import CallPolicy
import Foundation
import Inventory
import Reports
import SubjectRequests
import TalonOne

/// Erasure (Art. 17 GDPR). The order protects: read, release reservations, delete, read again. What is not known is
/// never claimed.
extension Fulfilment {
    func erase(_ request: SubjectRequest, _ api: APISession) async throws -> Resolution {
        var steps = [ErasureConfirmation.Step(.inventoryRead, at: Date())]
        var before = try await api.inventory(of: request.subject, sections: Self.everySection)
        // A deletion of an earlier claim that was sent without an answer explains it, and is not sent again.
        if before.isAbsent, settings.deletesUnknownCustomers, !request.claim.mayHaveActed {
            before = try await deleteUnknown(request, api)
            guard !before.isAbsent else {
                steps += [.init(.deletionSentAnyway, at: Date()), .init(.inventoryReadAgain, at: Date())]
                return try await unknownToErasure(request, before, steps)
            }
        }
        if before.isAbsent { return try await unknownToErasure(request, before, steps) }
        if let resolution = try await registeredAnew(request, before) { return resolution }
        if request.claim.mayHaveActed && before.isCleared { return ended(request, .alreadyAbsent, before, steps) }
        let released = try await release(before.ownReservations, of: request, api)
        if released > 0 { steps.append(.init(.reservationsReleased(count: released), at: Date())) }
        var tries = 0
        while true {
            tries += 1
            let deletion: Deletion
            do {
                deletion = try await delete(request, as: .deleteCustomerData, api)
            } catch let error as APIError where tries > 1 {
                throw error.afterDeletion()
            } catch let withheld as ChangeWithheld where tries > 1 {
                return api.retries.resolution(of: request, after: withheld, mayHaveActed: true)
            }
            let after = try await readBack(request, after: deletion, api)
            // The record itself may stay after a deletion that was carried out, and only then.
            if after.isCleared || deletion.wasAnswered && after.remains.isEmpty {
                // An unanswered deletion is not stated as a step; that nothing is left is.
                if case .acknowledged(let instant) = deletion { steps.append(.init(.dataDeleted, at: instant)) }
                steps.append(.init(.inventoryReadAgain, at: Date()))
                return ended(request, after.isCleared ? .erased : .recordRemains, after, steps)
            }
            if deletion.wasAnswered { return residual(request, after.remains) }
            // No answer came and the data is still there: the deletion was not carried out, or not yet.
            guard await waitToRetry(api, tries: tries) else {
                throw APIError(
                    failure: .timedOut,
                    description: "\(Operation.deleteCustomerData.name): no answer came, and the data is still there.",
                    mayHaveActed: true
                )
            }
        }
    }

    /// An erasure covers all that the API holds, whatever an export is configured to show.
    static let everySection = Set(InventorySection.allCases)

    // MARK: - Steps

    /// Removes the customer from coupons that are reserved for them. A reservation that the API does not know is released
    /// already; the read-back after the deletion decides.
    ///
    /// - Returns: How many the API has released.
    private func release(_ coupons: [String], of request: SubjectRequest, _ api: APISession) async throws -> Int {
        let id = request.subject.value
        var released = 0
        for coupon in coupons {
            do {
                // Releasing a reservation again is idempotent.
                try await api.change(
                    isRepeatable: true,
                    announce: { try await announce(.releaseReservation, of: request) },
                    { try await $0.deleteCouponReservation(couponValue: coupon, integrationIds: [id]) }
                )
                released += 1
            } catch let error as APIError {
                switch error.failure.kind {
                case .absent, .rejection, .trouble: continue
                case .credentials, .outage, .stopped: throw error.beforeDeletion()
                }
            }
        }
        return released
    }

    /// A deletion that was sent.
    enum Deletion {
        /// The API confirmed it.
        case acknowledged(Date)
        /// The API said that there is nothing to delete.
        case nothingToDelete
        /// The API may have carried it out.
        case unanswered

        var wasAnswered: Bool {
            switch self {
            case .acknowledged, .nothingToDelete: true
            case .unanswered: false
            }
        }
    }

    func delete(
        _ request: SubjectRequest,
        as action: Intent.Action,
        _ api: APISession
    ) async throws -> Deletion {
        let id = request.subject.value
        do {
            try await api.change(
                isRepeatable: false,
                announce: { try await announce(action, of: request) },
                { try await $0.deleteCustomerData(integrationId: id) }
            )
            return .acknowledged(Date())
        } catch let error as APIError {
            // Only in the API's own words: a proxy's 404 says nothing. The read-back shows whether it is so.
            if error.failure.kind == .absent { return .nothingToDelete }
            guard error.mayHaveActed, error.failure.kind != .stopped else { throw error }
            return .unanswered
        }
    }

    /// Reads the inventory after the deletion, and again where something is left that may be about to go.
    private func readBack(
        _ request: SubjectRequest,
        after deletion: Deletion,
        _ api: APISession
    ) async throws -> CustomerInventory {
        var tries = 0
        do {
            while true {
                tries += 1
                let inventory = try await inventory(of: request, sections: Self.everySection, afterChange: api)
                guard !inventory.remains.isEmpty, deletion.wasAnswered, await waitToRetry(api, tries: tries) else {
                    return inventory
                }
            }
        } catch let error as APIError {
            throw error.afterDeletion("The deletion was sent and could not be verified. ")
        } catch var contradiction as EnvironmentContradiction {
            contradiction.mayHaveActed = true
            throw contradiction
        }
    }

    func waitToRetry(_ api: APISession, tries: Int) async -> Bool {
        guard let wait = api.retries.quickRetry(after: .timedOut, tries: tries, jitter: .random(in: 0...1)) else {
            return false
        }
        return (try? await Task.sleep(for: wait)) != nil
    }

    // MARK: - Ends

    /// The end of the erasure of a customer whom Talon.One does not know.
    private func unknownToErasure(
        _ request: SubjectRequest,
        _ inventory: CustomerInventory,
        _ steps: [ErasureConfirmation.Step]
    ) async throws -> Resolution {
        let outcome = try await wasErasedBefore(request) ? Outcome.alreadyAbsent : .noData
        let end = try await unknown(request, ended(request, outcome, inventory, steps))
        if end.outcome == .alreadyAbsent { erased.insert(request.subject) }
        return end
    }

    private func ended(
        _ request: SubjectRequest,
        _ outcome: Outcome,
        _ inventory: CustomerInventory,
        _ steps: [ErasureConfirmation.Step]
    ) -> Resolution {
        // A customer who never existed cannot reappear.
        let recheck = outcome == .noData ? nil : settings.recheck
        let documents: [Document]
        do {
            let confirmation = ErasureConfirmation(
                requestID: request.id,
                databaseID: context.databaseID,
                environment: settings.environment,
                outcome: outcome,
                steps: steps,
                kept: inventory.recordMembers,
                producedAt: Date(),
                receivedAt: request.receivedAt,
                timeZone: request.timeZone,
                ticket: request.ticket,
                controller: settings.facts,
                identifierKeptDays: outcome == .noData
                    ? settings.noDataKeepDays : recheck.map { Int($0.keptFor / .days(1)) },
                keepsDigest: settings.subjectKey != nil
            )
            documents = [try confirmation.rendered(with: templates)]
        } catch {
            return failed(request, "The confirmation could not be made: \(error).", mayHaveActed: true)
        }
        if outcome == .erased || outcome == .recordRemains { erased.insert(request.subject) }
        switch outcome {
        case .noData: return request.completed(noData(documents))
        case .alreadyAbsent: return request.completed(.alreadyAbsent(documents, recheck))
        case .recordRemains: return request.completed(.recordRemains(documents, recheck, inventory.record))
        default: return request.completed(.erased(documents, recheck))
        }
    }

    private func residual(_ request: SubjectRequest, _ remains: [String]) -> Resolution {
        request.failed(
            .residualData(remains),
            reason: "The deletion was carried out, and the read-back still holds: \(remains.joined(separator: ", ")).",
            mayHaveActed: true
        )
    }
}
