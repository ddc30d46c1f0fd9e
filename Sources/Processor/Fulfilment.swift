import CallPolicy
import Foundation
import Inventory
import Reports
import Store
import SubjectRequests

/// Answers one request through the API and finds out how it ended. It never throws: every end is a ``Resolution``.
struct Fulfilment: Sendable {
    let context: RunContext
    let api: APISession
    let recorder: Recorder
    let templates: DocumentTemplates

    var settings: ProcessorSettings { context.settings }

    /// How a request ended, and what that says about all others.
    struct End: Sendable {
        var resolution: Resolution
        /// How the API refused the credentials, where it did.
        var credentialsRefused: String?
    }

    func fulfil(_ request: SubjectRequest) async -> End {
        let api = api.counted()
        var end = await answer(request, api)
        end.resolution.calls = api.sent
        return end
    }

    private func answer(_ request: SubjectRequest, _ api: APISession) async -> End {
        do {
            let resolution =
                switch request.right {
                case .access, .portability: try await export(request, api)
                case .rectification: try await rectify(request, api)
                case .erasure: try await erase(request, api)
                }
            return End(resolution: resolution)
        } catch let error as APIError {
            return End(
                resolution: unanswered(request, error.failure, error.description, mayHaveActed: error.mayHaveActed),
                credentialsRefused: error.failure.kind == .credentials ? error.description : nil
            )
        } catch let withheld as ChangeWithheld {
            return End(resolution: returned(request, withheld, mayHaveActed: false))
        } catch {
            return End(resolution: unanswered(request, .unreadable, "\(error)", mayHaveActed: false))
        }
    }

    /// The end of a claim that found no answer: back to the queue, or to an operator.
    ///
    /// - Parameter mayHaveActed: Whether a change may have been carried out although no answer came.
    func unanswered(
        _ request: SubjectRequest,
        _ failure: APIFailure,
        _ reason: String,
        mayHaveActed: Bool
    ) -> Resolution {
        let setback: Resolution.Setback? = mayHaveActed ? .outcomeUnknown : nil
        switch api.retries.remedy(for: failure, failures: request.claim.failures, jitter: .random(in: 0...1)) {
        case .later(let wait, let countsAsFailure):
            return request.returned(
                .init(setback: setback, reason: reason, wait: wait, countsAsFailure: countsAsFailure),
                mayHaveActed: mayHaveActed
            )
        case .needsAction:
            let isRefusal = if case .status = failure { failure.kind != .trouble } else { false }
            return request.failed(isRefusal ? .refusedByAPI : setback, reason: reason, mayHaveActed: mayHaveActed)
        case .giveBack, .stopRun:
            return request.returned(.init(setback: setback, reason: reason), mayHaveActed: mayHaveActed)
        }
    }

    /// A claim whose change was withheld goes back. Where the intent could not be recorded it waits, since the same
    /// statement would fail again at once.
    ///
    /// - Parameter mayHaveActed: Whether an earlier change of this claim may have been carried out.
    func returned(_ request: SubjectRequest, _ withheld: ChangeWithheld, mayHaveActed: Bool) -> Resolution {
        var how = Resolution.Return(setback: mayHaveActed ? .outcomeUnknown : nil, reason: withheld.description)
        if case .notRecorded = withheld {
            how.wait = api.retries.queue.wait(step: request.claim.failures + 1, jitter: .random(in: 0...1))
            how.countsAsFailure = true
        }
        return request.returned(how, mayHaveActed: mayHaveActed)
    }

    /// Reads the customer's inventory, with every section that the settings ask for.
    func inventory(of request: SubjectRequest, _ api: APISession) async throws -> CustomerInventory {
        try await api.inventory(of: request.subject, sections: settings.sections)
    }
}

// MARK: - Announcing

/// Why a change was not sent although the API was not asked.
enum ChangeWithheld: Error, CustomStringConvertible {
    /// A gate has closed since the request was claimed.
    case gateClosed(Gate)
    /// Another run holds the request.
    case claimLost
    /// The lease may have expired while the change was announced. A run that took over must not find it sent later.
    case leaseInDoubt
    /// The intent could not be recorded in the evidence log, for that reason.
    case notRecorded(String)

    var description: String {
        switch self {
        case .gateClosed(let gate): "A gate closed before the change was sent: \(gate.rawValue)."
        case .claimLost: "Another run holds the request."
        case .leaseInDoubt: "The change was not sent: the run's lease is in doubt."
        case .notRecorded(let why): "The change was not sent: the evidence log could not record the intent: \(why)."
        }
    }
}

extension Fulfilment {
    /// Records in the evidence log that a change is about to be sent. It must not be sent where this throws.
    ///
    /// - Throws: ``ChangeWithheld``.
    func announce(_ action: Intent.Action, of request: SubjectRequest) async throws {
        let permission: Permission
        do {
            permission = try await recorder.announce(Intent(action, under: request.claim))
        } catch {
            throw ChangeWithheld.notRecorded("\(error)")
        }
        switch permission {
        case .granted: guard context.lease.isValid else { throw ChangeWithheld.leaseInDoubt }
        case .closed(let gate): throw ChangeWithheld.gateClosed(gate)
        case .lost: throw ChangeWithheld.claimLost
        }
    }
}
