import CallPolicy
import Foundation
import Reports
import Store
import SubjectRequests
import TalonOne

/// Art. 17. The order is the protection: read, release what is reserved, delete, read again; and what cannot be
/// known is never claimed.
extension Fulfilment {
    func erase(_ request: SubjectRequest, _ calls: inout Calls) async throws(CallError) -> ClaimResult {
        var steps = [ErasureConfirmation.Step(.inventoryRead, at: Date())]
        let before = try await inventory(of: request.subject, &calls)
        let nothingThere = before.contents.isAbsent || request.mayHaveActed && before.contents.isErased
        guard !nothingThere else {
            return try erased(request, request.mayHaveActed ? .alreadyAbsent : .noData, steps)
        }
        let reservations = before.contents.reservedCoupons
        if !reservations.isEmpty {
            try await release(reservations, of: request, &calls)
            steps.append(.init(.reservationsReleased(count: reservations.count), at: Date()))
        }

        var tries = 0
        while true {
            tries += 1
            let sent: Sent
            do throws(CallError) {
                sent = try await delete(request, &calls)
            } catch {
                throw tries > 1 ? error.afterUnansweredCall() : error
            }
            let after = try await readBack(request, afterUnanswered: !sent.wasAnswered, &calls)
            if after.isErased {
                // An unanswered call is not claimed as a step; that nothing is left is.
                if sent.wasAnswered { steps.append(.init(.dataDeleted, at: sent.instant)) }
                steps.append(.init(.inventoryReadAgain, at: Date()))
                return try erased(request, .erased, steps)
            }
            if sent.wasAnswered {
                return residual(request, after)
            }
            // The call was lost and the data is still there, so it was not carried out, or not yet.
            guard let wait = settings.retry.quickRetry(after: .timedOut, tries: tries, draw: .random(in: 0...1)),
                (try? await Task.sleep(for: wait)) != nil
            else {
                throw CallError(
                    failure: .timedOut,
                    sentence: "\(Operation.deleteCustomerData.name): no answer came, and the data is still there.",
                    mayHaveActed: true
                )
            }
        }
    }

    /// Takes the person out of coupons reserved for them. What the API knows nothing of is released already; the
    /// read-back after the erasure is what decides.
    private func release(
        _ coupons: [String],
        of request: SubjectRequest,
        _ calls: inout Calls
    ) async throws(CallError) {
        let id = request.subject.value
        for coupon in coupons {
            do throws(CallError) {
                // Being released twice is being released.
                _ = try await calls.change(
                    isRepeatable: true,
                    announce: { () throws(CallError) in try await announce(.releaseReservation, of: request) }
                ) { () throws(TalonOneError) in
                    try await client.deleteCouponReservation(couponValue: coupon, integrationIds: [id])
                }
            } catch {
                switch error.failure.kind {
                case .absent, .rejection, .trouble: continue
                case .credentials, .outage, .stopped:
                    // Not the erasure itself: nothing that would have to be read back was sent.
                    throw CallError(
                        failure: error.failure,
                        status: error.status,
                        sentence: error.sentence,
                        mayHaveActed: false
                    )
                }
            }
        }
    }

    private struct Sent {
        let wasAnswered: Bool
        let instant: Date
    }

    private func delete(_ request: SubjectRequest, _ calls: inout Calls) async throws(CallError) -> Sent {
        let id = request.subject.value
        do throws(CallError) {
            _ = try await calls.change(
                isRepeatable: false,
                announce: { () throws(CallError) in try await announce(.deleteCustomerData, of: request) }
            ) { () throws(TalonOneError) in
                try await client.deleteCustomerData(integrationId: id)
            }
            return Sent(wasAnswered: true, instant: Date())
        } catch {
            // 404: nothing to delete, says the API. The read-back tells whether that is so.
            if error.status == 404 { return Sent(wasAnswered: true, instant: Date()) }
            guard error.mayHaveActed, error.failure.kind != .stopped else { throw error }
            return Sent(wasAnswered: false, instant: Date())
        }
    }

    /// Reads the inventory after the delete, again where something is left and may be about to go.
    private func readBack(
        _ request: SubjectRequest,
        afterUnanswered: Bool,
        _ calls: inout Calls
    ) async throws(CallError) -> InventoryContents {
        var tries = 0
        do throws(CallError) {
            while true {
                tries += 1
                let contents = try await inventory(of: request.subject, &calls).contents
                guard !contents.isErased, !afterUnanswered,
                    let wait = settings.retry.quickRetry(after: .timedOut, tries: tries, draw: .random(in: 0...1)),
                    (try? await Task.sleep(for: wait)) != nil
                else { return contents }
            }
        } catch {
            // The delete was sent and cannot be verified: what became of it is unknown until it is read.
            throw CallError(
                failure: error.failure,
                status: error.status,
                sentence: "The erasure was sent and could not be verified. \(error.sentence)",
                mayHaveActed: true
            )
        }
    }

    private func erased(
        _ request: SubjectRequest,
        _ outcome: SubjectRequests.Outcome,
        _ steps: [ErasureConfirmation.Step]
    ) throws(CallError) -> ClaimResult {
        var result = ClaimResult(of: request.id, claim: request.claimNumber, state: .completed)
        result.outcome = outcome
        result.failures = request.failures
        result.forgetsSubject = true
        // Whoever was never there cannot come back.
        if outcome != .noData { result.recheck = settings.recheck }
        let said: ErasureConfirmation.Outcome =
            switch outcome {
            case .alreadyAbsent: .alreadyAbsent
            case .noData: .noData
            default: .erased
            }
        do throws(ReportsError) {
            let confirmation = ErasureConfirmation(
                requestID: request.id,
                environment: settings.environment,
                outcome: said,
                steps: steps,
                producedAt: Date(),
                receivedAt: request.receivedAt,
                ticket: request.ticket,
                controller: settings.facts,
                evidenceRetention: settings.evidenceRetention,
                identifierKeptDays: result.recheck.map { Int($0.keptFor.components.seconds / 86_400) },
                keepsDigest: settings.subjectKey != nil
            )
            result.documents = [StoredDocument(try confirmation.rendered(with: templates))]
        } catch {
            throw CallError(
                failure: .unreadable,
                sentence: "The confirmation cannot be written: \(error).",
                mayHaveActed: true
            )
        }
        return result
    }

    private func residual(_ request: SubjectRequest, _ contents: InventoryContents) -> ClaimResult {
        var result = ClaimResult(of: request.id, claim: request.claimNumber, state: .failed)
        result.outcome = .residualData
        result.failures = request.failures
        result.mayHaveActed = true
        result.remains = contents.kinds
        result.reason =
            "The erasure was carried out, and the read-back still holds: \(contents.kinds.joined(separator: ", "))."
        return result
    }
}
