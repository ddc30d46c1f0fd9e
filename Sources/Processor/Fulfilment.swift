import CallPolicy
import Foundation
import Reports
import Store
import SubjectRequests
import Synchronization
import TalonOne

/// Makes the calls that answer one request, and says what became of it. Never throws: every end is a result.
struct Fulfilment: Sendable {
    let client: TalonOneClient
    let settings: ProcessorSettings
    let templates: DocumentTemplates
    let run: Int64
    let recorder: Recorder
    let traffic: CallTraffic
    let lease: RunLease
    let capabilities = Capabilities()

    /// What became of a request, and what that says about the API.
    struct End: Sendable {
        var result: ClaimResult
        var signal: Signal
    }

    /// What one request's calls say about all others'.
    enum Signal: Sendable, Hashable {
        /// Nothing.
        case none
        /// It refuses the credentials; the sentence says how.
        case credentialsRefused(String)
    }

    /// What this deployment turned out not to have; found out once, by whichever request comes first.
    final class Capabilities: Sendable {
        private let lacksReservedCoupons = Mutex(false)

        var hasReservedCoupons: Bool { lacksReservedCoupons.withLock { !$0 } }
        func missReservedCoupons() { lacksReservedCoupons.withLock { $0 = true } }
    }

    /// Calls for one request, none made yet.
    func calls() -> Calls {
        Calls(policy: settings.retry, traffic: traffic, mayBegin: { [lease] in lease.isTrusted })
    }

    func fulfil(_ request: SubjectRequest) async -> End {
        var calls = calls()
        do throws(CallError) {
            var result =
                switch request.right {
                case .access, .portability: try await export(request, &calls)
                case .rectification: try await rectify(request, &calls)
                case .erasure: try await erase(request, &calls)
                }
            result.calls = calls.count
            return End(result: result, signal: .none)
        } catch {
            return end(of: request, error, calls: calls.count)
        }
    }

    /// The end of a claim whose calls failed: back to the queue, or to a person.
    private func end(
        of request: SubjectRequest,
        _ error: CallError,
        calls: Int
    ) -> End {
        var result = ClaimResult(of: request.id, claim: request.claimNumber, state: .pending)
        result.failures = request.failures
        result.calls = calls
        result.mayHaveActed = request.mayHaveActed || error.mayHaveActed && request.right == .erasure
        result.outcome = error.mayHaveActed ? .outcomeUnknown : nil
        result.reason = error.sentence
        let remedy = settings.retry.remedy(for: error.failure, failures: request.failures, draw: .random(in: 0...1))
        switch remedy {
        case .later(let wait, let failures):
            result.wait = wait
            result.failures = failures
        case .person:
            result.state = .failed
            if case .status = error.failure, error.failure.kind != .trouble { result.outcome = .refusedByAPI }
        case .giveBack, .stopRun:
            break
        }
        return End(result: result, signal: Signal(error))
    }

    /// Writes down that a call is about to change data. The call must not be sent where this throws.
    func announce(_ action: Intent.Action, of request: SubjectRequest) async throws(CallError) {
        let permission: Permission
        do {
            permission = try await recorder.announce(Intent(action, of: request))
        } catch {
            throw CallError(failure: .cancelled, sentence: "The intent could not be written.", mayHaveActed: false)
        }
        switch permission {
        case .granted: return
        case .closed(let gate):
            throw CallError(
                failure: .cancelled,
                sentence: "A gate closed before the call was sent: \(gate).",
                mayHaveActed: false
            )
        case .lost:
            throw CallError(failure: .cancelled, sentence: "Another run holds the request.", mayHaveActed: false)
        }
    }

    // MARK: - Reading

    /// What the API holds of the request's subject.
    struct Inventory {
        /// The bodies as they came; `nil` where the API says there is no such customer.
        var body: Data?
        var reservedCoupons: Data?
        var contents: InventoryContents
    }

    func inventory(of subject: SubjectID, _ calls: inout Calls) async throws(CallError) -> Inventory {
        let id = subject.value
        let body: Data
        do throws(CallError) {
            body = try await calls.read { () throws(TalonOneError) in
                try await client.customerInventory(integrationId: id, sections: settings.sections)
            }.body
        } catch {
            guard error.failure.kind == .absent else { throw error }
            return Inventory(body: nil, reservedCoupons: nil, contents: .absent)
        }
        var contents = try contents(of: body, reservedCoupons: nil)
        let reserved = contents.listsCoupons ? nil : try await reservedCoupons(of: id, &calls)
        if let reserved { contents = try self.contents(of: body, reservedCoupons: reserved) }
        return Inventory(body: body, reservedCoupons: reserved, contents: contents)
    }

    private func contents(of body: Data, reservedCoupons: Data?) throws(CallError) -> InventoryContents {
        do throws(ReportsError) {
            return try InventoryContents(inventory: body, reservedCoupons: reservedCoupons)
        } catch {
            throw CallError(
                failure: .unreadable,
                sentence: "\(Operation.getCustomerInventory.name): \(error)",
                mayHaveActed: false
            )
        }
    }

    /// Deployments from before the inventory's `coupons` section have an operation of its own for them. Whoever
    /// has neither answers 404 for a customer that is there.
    private func reservedCoupons(of id: String, _ calls: inout Calls) async throws(CallError) -> Data? {
        guard capabilities.hasReservedCoupons else { return nil }
        do throws(CallError) {
            return try await calls.read { () throws(TalonOneError) in
                try await client.reservedCoupons(integrationId: id)
            }.body
        } catch {
            guard error.status == 404 else { throw error }
            capabilities.missReservedCoupons()
            return nil
        }
    }
}

extension Fulfilment.Signal {
    init(_ error: CallError) {
        self = error.failure.kind == .credentials ? .credentialsRefused(error.sentence) : .none
    }
}
