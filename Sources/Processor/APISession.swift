import CallPolicy
import Foundation
import Inventory
import SubjectRequests
import Synchronization
import TalonOne

/// The API answered with the profile of the other environment: the credentials belong to it. What it says of any
/// customer is not about the customers of this queue.
struct EnvironmentContradiction: Error, CustomStringConvertible {
    /// The configured environment.
    let environment: Environment
    /// Whether a deletion was sent before the answer came.
    var mayHaveActed = false

    /// What is wrong and what to do; the environment that the profile names is the other one.
    var description: String {
        let other: Environment = environment == .live ? .sandbox : .live
        return "the environment is configured as \(environment.rawValue), and the API answered with a profile of "
            + "\(other.rawValue): the credentials belong to \(other.rawValue); correct the credentials or the environment"
    }
}

/// A run's access to the API: one client, one limiter, one policy of retries, and what the deployment turned out to lack.
struct APISession: Sendable {
    let client: TalonOneClient
    let limiter: SharedLimiter
    let retries: RetryPolicy
    /// The environment that the credentials must belong to.
    let environment: Environment
    /// Sections that an answer may lack although they were asked for.
    private let optionalSections: Set<String>
    /// A customer who must be known before anything is claimed.
    private let canary: SubjectID?
    private let capabilities = Capabilities()
    private var counter = Counter()

    init(_ client: TalonOneClient, _ settings: ProcessorSettings) {
        self.client = client
        limiter = SharedLimiter(settings.limits)
        retries = settings.retry
        environment = settings.environment
        optionalSections = Set(settings.optionalSections.map(\.rawValue))
        canary = settings.canary
    }

    /// The same session with a count of its own.
    func counted() -> APISession {
        var session = self
        session.counter = Counter()
        return session
    }

    /// API requests sent so far, retries included.
    var sent: Int { counter.value.load(ordering: .relaxed) }

    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    /// What this deployment lacks, and how it answers. It is found out once, by the request that comes first.
    private final class Capabilities: Sendable {
        let lacksReservedCoupons = Atomic(false)
        let unknownForm = Mutex<UnknownForm?>(nil)
    }
}

// MARK: - Requests

extension APISession {
    /// Sends a request that changes nothing, with quick retries.
    ///
    /// - Throws: ``APIError``.
    @discardableResult
    func read(_ request: (TalonOneClient) async throws -> TalonOneAnswer) async throws -> TalonOneAnswer {
        try await send(isRepeatable: true, announce: {}, request)
    }

    /// Sends a request that changes data.
    ///
    /// - Parameters:
    ///   - isRepeatable: Whether it is idempotent, so that it may be sent again although it may have been carried out.
    ///   - announce: Records the intent, each time right before the request is sent and after all waiting is done. Where
    ///     it throws, nothing is sent.
    /// - Throws: ``APIError``, or what `announce` throws.
    func change(
        isRepeatable: Bool,
        announce: () async throws -> Void,
        _ request: (TalonOneClient) async throws -> TalonOneAnswer
    ) async throws {
        _ = try await send(isRepeatable: isRepeatable, announce: announce, request)
    }

    private func send(
        isRepeatable: Bool,
        announce: () async throws -> Void,
        _ request: (TalonOneClient) async throws -> TalonOneAnswer
    ) async throws -> TalonOneAnswer {
        var tries = 0
        while true {
            tries += 1
            let permit = try await limiter.enter()
            do {
                try await announce()
            } catch {
                await limiter.leave(permit, .cancelled)
                throw error
            }
            counter.value.add(1, ordering: .relaxed)
            do {
                let answer = try await request(client)
                await limiter.leave(permit, nil, of: answer.operation)
                return answer
            } catch let failed as TalonOneError {
                let error = APIError(failed)
                await limiter.leave(permit, error.failure, of: failed.operation)
                try await waitToRetry(after: error, tries: tries, isRepeatable: isRepeatable)
            } catch {
                await limiter.leave(permit, .cancelled)
                throw error
            }
        }
    }

    /// - Throws: the error itself, where the request is not sent again.
    private func waitToRetry(after error: APIError, tries: Int, isRepeatable: Bool) async throws {
        guard isRepeatable || !error.mayHaveActed,
            let wait = retries.quickRetry(after: error.failure, tries: tries, jitter: .random(in: 0...1))
        else { throw error }
        await limiter.repeats()
        do {
            try await Task.sleep(for: wait)
        } catch {
            throw APIError.cancelled
        }
    }
}

// MARK: - Operations

extension APISession {
    /// Reads a customer who cannot exist, and then the canary customer, who must. The first shows that the API is there,
    /// that what answers is the API, how it answers about an unknown customer, and that the credentials are accepted; the
    /// second that they are of the right environment and account. Nothing is created. An API that is unavailable is waited
    /// for.
    ///
    /// - Parameter waits: Told once that it is waited for, and why.
    /// - Returns: Why the run cannot go on; `nil` where it can, or is shut down anyway.
    func preflight(
        patience: Duration,
        _ shutdown: Shutdown,
        waits: (String) -> Void = { _ in }
    ) async -> RunEnd? {
        var outage = Outage(patience: patience)
        while shutdown.end == nil {
            do {
                return try await shutdown.interrupting {
                    try await learnUnknownForm()
                    return try await isCanaryKnown() ? nil : .canaryUnknown
                }
            } catch let contradiction as EnvironmentContradiction {
                return .wrongEnvironment(contradiction.description)
            } catch let another as AnotherCustomer {
                return .apiUnavailable("the canary customer could not be read: \(another)")
            } catch let error as APIError {
                switch error.failure.kind {
                case .credentials: return .credentialsRefused(error.description)
                case .outage:
                    if outage.isFirst { waits(outage.sentence("the API", error.description)) }
                    guard let wait = outage.failed(at: .now, jitter: .random(in: 0...1)) else {
                        return await limiter.state.outage ?? .apiUnavailable(error.description)
                    }
                    try? await shutdown.interrupting { try await Task.sleep(for: wait) }
                case .absent, .trouble, .rejection, .stopped: return .apiUnavailable(error.description)
                }
            } catch {
                return nil
            }
        }
        return nil
    }

    /// Reads a customer who cannot exist. An answer that is no 404 is what this deployment says of unknown customers.
    private func learnUnknownForm() async throws {
        let all = Set(InventorySection.allCases)
        do {
            let body = try await read {
                try await $0.customerInventory(integrationId: SubjectID.preflight.value, sections: all)
            }.body
            // Whatever else it is, it says nothing of unknown customers.
            let answer = try? CustomerInventory(
                of: .preflight,
                sectionsAsked: all.sorted().map(\.rawValue),
                body: body
            )
            capabilities.unknownForm.withLock { $0 = answer.flatMap(UnknownForm.init) }
        } catch let error as APIError where error.failure.kind == .absent {
            return
        }
    }

    private func isCanaryKnown() async throws -> Bool {
        guard let canary else { return true }
        return try await inventory(of: canary, sections: Set(InventorySection.allCases)).hasProfile
    }

    /// Reads all that the API holds about a customer, parsed.
    ///
    /// A customer without a profile can have coupons reserved for them, so those are asked for as well before a customer
    /// counts as unknown.
    ///
    /// - Throws: ``APIError``; ``AnotherCustomer``; ``EnvironmentContradiction`` where the answer is of the other
    ///   environment.
    func inventory(of subject: SubjectID, sections: Set<InventorySection>) async throws -> CustomerInventory {
        do {
            var inventory = try await listed(subject, sections)
            guard !inventory.contradicts(environment) else {
                throw EnvironmentContradiction(environment: environment)
            }
            if let form = capabilities.unknownForm.withLock({ $0 }), form.describes(inventory) {
                inventory = .unknown(subject, sectionsAsked: inventory.sectionsAsked)
            }
            try inventory.requireForm(optional: optionalSections)
            if !inventory.listsCoupons, let coupons = try await reservedCoupons(of: inventory) {
                try inventory.addReservedCoupons(coupons)
                try inventory.requireForm(optional: optionalSections)
            }
            return inventory
        } catch let error as InventoryError where error.code == .anotherCustomer {
            throw AnotherCustomer("\(Operation.getCustomerInventory.name): \(error)")
        } catch let error as InventoryError {
            throw APIError(
                failure: .unreadable,
                description: "\(Operation.getCustomerInventory.name): \(error)",
                mayHaveActed: false
            )
        }
    }

    private func listed(_ subject: SubjectID, _ sections: Set<InventorySection>) async throws -> CustomerInventory {
        let asked = sections.sorted().map(\.rawValue)
        let id = subject.value
        do {
            let body = try await read { try await $0.customerInventory(integrationId: id, sections: sections) }.body
            return try CustomerInventory(of: subject, sectionsAsked: asked, body: body)
        } catch let error as APIError where error.failure.kind == .absent {
            return .unknown(subject, sectionsAsked: asked)
        }
    }

    /// Older deployments list a customer's coupons by an operation of its own. A 404 about a customer who exists says that
    /// the deployment lacks the operation; about any other customer it says nothing.
    private func reservedCoupons(of inventory: CustomerInventory) async throws -> Data? {
        guard !capabilities.lacksReservedCoupons.load(ordering: .relaxed) else { return nil }
        let id = inventory.subject.value
        do {
            return try await read { try await $0.reservedCoupons(integrationId: id) }.body
        } catch let error as APIError where error.status == 404 {
            if inventory.hasProfile { capabilities.lacksReservedCoupons.store(true, ordering: .relaxed) }
            return nil
        }
    }
}

/// The API answered about a customer other than the one who was asked about. Asking again would not help, and nothing of
/// the answer may be used.
struct AnotherCustomer: Error, CustomStringConvertible {
    /// What the answer says.
    private let finding: String
    /// Whether a change was sent before that.
    var isAfterChange = false

    init(_ finding: String) {
        self.finding = finding
    }

    /// What happened; names no customer.
    var description: String {
        isAfterChange ? "The change was sent and could not be verified. \(finding)" : finding
    }
}
