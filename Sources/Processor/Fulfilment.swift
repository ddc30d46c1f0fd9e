import CallPolicy
import Foundation
import Inventory
import Reports
import Store
import SubjectRequests
import TalonOne

/// Answers one request through the API and finds out how it ended. It never throws: every end is a ``Resolution``.
struct Fulfilment: Sendable {
    let context: RunContext
    let api: APISession
    let recorder: Recorder
    let templates: DocumentTemplates
    let erased = ErasedCustomers()

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
        if context.shutdown.isInWrongEnvironment, end.resolution.isOnlyRead {
            // What was read in the meantime may be of the other environment too.
            end.resolution = request.returned()
        }
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
                resolution: api.retries.resolution(
                    of: request,
                    after: error.failure,
                    reason: error.description,
                    mayHaveActed: error.mayHaveActed
                ),
                credentialsRefused: error.failure.kind == .credentials ? error.description : nil
            )
        } catch let contradiction as EnvironmentContradiction {
            context.shutdown.stopInWrongEnvironment(contradiction)
            return End(
                resolution: request.returned(
                    .init(reason: "Not processed: \(contradiction)."),
                    mayHaveActed: contradiction.mayHaveActed
                )
            )
        } catch let error as AnotherCustomer {
            return End(
                resolution: request.failed(
                    error.isAfterChange ? .outcomeUnknown : nil,
                    reason: error.description,
                    mayHaveActed: error.isAfterChange
                )
            )
        } catch let withheld as ChangeWithheld {
            return End(resolution: api.retries.resolution(of: request, after: withheld, mayHaveActed: false))
        } catch let error as StoreError {
            endRun(after: error)
            return End(resolution: failed(request, "The database could not be asked: \(error)."))
        } catch let error as InventoryError {
            return End(resolution: failed(request, error.description))
        } catch {
            // The description of any other error may quote what it is about.
            return End(resolution: failed(request, "unexpected error (\(type(of: error)))"))
        }
    }

    /// Ends the run where the database did not answer for as long as the run waits for it: the next request would wait as
    /// long.
    private func endRun(after error: StoreError) {
        if error.isTransient { context.shutdown.begin(.databaseUnavailable(error.description)) }
    }

    /// The end of a claim whose answer could not be made into documents, or whose changes cannot be sent.
    func failed(
        _ request: SubjectRequest,
        _ reason: String,
        as failure: APIFailure = .unreadable,
        mayHaveActed: Bool = false
    ) -> Resolution {
        api.retries.resolution(of: request, after: failure, reason: reason, mayHaveActed: mayHaveActed)
    }

    /// The facts about a request that its answer states.
    func facts(of request: SubjectRequest) -> RequestFacts {
        RequestFacts(
            requestID: request.id,
            databaseID: context.databaseID,
            right: request.right,
            subject: request.subject,
            environment: settings.environment,
            producedAt: Date(),
            receivedAt: request.receivedAt,
            timeZone: request.timeZone,
            runID: context.run,
            ticket: request.ticket,
            softwareVersion: settings.version
        )
    }

    /// The answer that Talon.One does not know the customer.
    func noData(_ documents: [Document]) -> Resolution.Completion {
        .noData(documents, keptFor: .days(settings.noDataKeepDays))
    }

    /// Reads the customer's inventory, with every section that the settings ask for.
    func inventory(of request: SubjectRequest, _ api: APISession) async throws -> CustomerInventory {
        try await api.inventory(of: request.subject, sections: settings.sections)
    }

    /// Reads the customer's inventory after a change was sent.
    func inventory(
        of request: SubjectRequest,
        sections: Set<InventorySection>,
        afterChange api: APISession
    ) async throws -> CustomerInventory {
        do {
            return try await api.inventory(of: request.subject, sections: sections)
        } catch var error as AnotherCustomer {
            error.isAfterChange = true
            throw error
        }
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
    /// The API answered another request with a profile of the other environment.
    case wrongEnvironment
    /// The intent could not be recorded in the evidence log, for that reason.
    case notRecorded(String)

    var description: String {
        switch self {
        case .gateClosed(let gate): "A gate closed before the change was sent: \(gate.rawValue)."
        case .claimLost: "Another run holds the request."
        case .leaseInDoubt: "The change was not sent: the run's lease is in doubt."
        case .wrongEnvironment: "The change was not sent: the API answers for another environment."
        case .notRecorded(let why): "The change was not sent: the evidence log could not record the intent: \(why)."
        }
    }
}

extension Fulfilment {
    /// Records in the evidence log that a change is about to be sent. It must not be sent where this throws.
    ///
    /// - Throws: ``ChangeWithheld``.
    func announce(_ action: Intent.Action, of request: SubjectRequest) async throws {
        guard !context.shutdown.isInWrongEnvironment else { throw ChangeWithheld.wrongEnvironment }
        let permission: Permission
        do {
            permission = try await recorder.announce(Intent(action, under: request.claim))
        } catch {
            if let error = error as? StoreError { endRun(after: error) }
            throw ChangeWithheld.notRecorded("\(error)")
        }
        switch permission {
        case .granted:
            guard !context.shutdown.isInWrongEnvironment else { throw ChangeWithheld.wrongEnvironment }
            guard context.lease.isValid else { throw ChangeWithheld.leaseInDoubt }
        case .closed(let gate): throw ChangeWithheld.gateClosed(gate)
        case .lost: throw ChangeWithheld.claimLost
        }
    }
}

extension Resolution {
    /// Whether it rests on what was read, and nothing was changed.
    fileprivate var isOnlyRead: Bool {
        switch end {
        case .completed(.exported), .completed(.noData), .completed(.alreadyAbsent), .heldBack,
            .failed(.some(.registeredAnew), _):
            true
        case .completed, .failed, .refused, .returned: false
        }
    }
}
