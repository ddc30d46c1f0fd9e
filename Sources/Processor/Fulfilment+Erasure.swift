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
        let before = try await inventory(of: request, api)
        if before.isAbsent || request.claim.mayHaveActed && before.remains.isEmpty {
            return erased(request, request.claim.mayHaveActed ? .alreadyAbsent : .noData, steps)
        }
        if !before.ownReservations.isEmpty {
            try await release(before.ownReservations, of: request, api)
            steps.append(.init(.reservationsReleased(count: before.ownReservations.count), at: Date()))
        }
        var tries = 0
        while true {
            tries += 1
            let deletion: Deletion
            do {
                deletion = try await delete(request, api)
            } catch let error as APIError where tries > 1 {
                throw error.afterDeletion()
            } catch let withheld as ChangeWithheld where tries > 1 {
                return api.retries.resolution(of: request, after: withheld, mayHaveActed: true)
            }
            let after = try await readBack(request, after: deletion, api)
            if after.remains.isEmpty {
                // An unanswered deletion is not stated as a step; that nothing is left is.
                if case .answered(let instant) = deletion { steps.append(.init(.dataDeleted, at: instant)) }
                steps.append(.init(.inventoryReadAgain, at: Date()))
                return erased(request, .erased, steps)
            }
            if case .answered = deletion { return residual(request, after.remains) }
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

    // MARK: - Steps

    /// Removes the customer from coupons that are reserved for them. A reservation that the API does not know is released
    /// already; the read-back after the deletion decides.
    private func release(_ coupons: [String], of request: SubjectRequest, _ api: APISession) async throws {
        let id = request.subject.value
        for coupon in coupons {
            do {
                // Releasing a reservation again is idempotent.
                try await api.change(
                    isRepeatable: true,
                    announce: { try await announce(.releaseReservation, of: request) },
                    { try await $0.deleteCouponReservation(couponValue: coupon, integrationIds: [id]) }
                )
            } catch let error as APIError {
                switch error.failure.kind {
                case .absent, .rejection, .trouble: continue
                case .credentials, .outage, .stopped: throw error.beforeDeletion()
                }
            }
        }
    }

    /// A deletion that was sent.
    private enum Deletion {
        case answered(Date)
        /// The API may have carried it out.
        case unanswered
    }

    private func delete(_ request: SubjectRequest, _ api: APISession) async throws -> Deletion {
        let id = request.subject.value
        do {
            try await api.change(
                isRepeatable: false,
                announce: { try await announce(.deleteCustomerData, of: request) },
                { try await $0.deleteCustomerData(integrationId: id) }
            )
            return .answered(Date())
        } catch let error as APIError {
            // 404: there is nothing to delete, says the API. The read-back shows whether that is so.
            if error.status == 404 { return .answered(Date()) }
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
                let inventory = try await inventory(of: request, api)
                guard !inventory.remains.isEmpty, case .answered = deletion, await waitToRetry(api, tries: tries) else {
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

    private func waitToRetry(_ api: APISession, tries: Int) async -> Bool {
        guard let wait = api.retries.quickRetry(after: .timedOut, tries: tries, jitter: .random(in: 0...1)) else {
            return false
        }
        return (try? await Task.sleep(for: wait)) != nil
    }

    // MARK: - Ends

    private func erased(
        _ request: SubjectRequest,
        _ outcome: Outcome,
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
                producedAt: Date(),
                receivedAt: request.receivedAt,
                ticket: request.ticket,
                controller: settings.facts,
                evidenceRetention: settings.evidenceRetention,
                identifierKeptDays: recheck.map { Int($0.keptFor / .seconds(86_400)) },
                keepsDigest: settings.subjectKey != nil
            )
            documents = [try confirmation.rendered(with: templates)]
        } catch {
            return failed(request, "The confirmation could not be made: \(error).", mayHaveActed: true)
        }
        switch outcome {
        case .alreadyAbsent: return request.completed(.alreadyAbsent(documents, recheck))
        case .noData: return request.completed(.noData(documents))
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
