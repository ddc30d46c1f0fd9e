import Store
import SubjectRequests
import Synchronization

/// The customers whom a run has erased, so that a second erasure of one of them says so. Kept in memory only.
final class ErasedCustomers: Sendable {
    // By bytes: Swift takes two identifiers that Unicode calls equivalent for one.
    private let identifiers = Mutex<Set<[UInt8]>>([])

    func insert(_ subject: SubjectID) {
        identifiers.withLock { _ = $0.insert(Array(subject.value.utf8)) }
    }

    func contains(_ subject: SubjectID) -> Bool {
        identifiers.withLock { $0.contains(Array(subject.value.utf8)) }
    }
}

extension Fulfilment {
    /// Whether an earlier erasure explains that Talon.One does not know the customer: a deletion under an earlier claim,
    /// one of this run, or one that is found by the digest of the identifier.
    func wasErasedBefore(_ request: SubjectRequest) async throws -> Bool {
        if request.claim.mayHaveActed || erased.contains(request.subject) { return true }
        let digests = settings.subjectKeys.map { $0.digest(of: request.subject) }
        guard !digests.isEmpty else { return false }
        return try await context.store.retrying { store in
            try await store.hasErased(digests: digests, excluding: request.id)
        }
    }
}
