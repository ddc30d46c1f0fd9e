import Synchronization

/// The operations that this deployment was found to have in version 2 only. Copies of a client share it.
final class DialectCache: Sendable {
    private let operations = Mutex<Set<String>>([])

    func isVersion2(_ operation: Operation) -> Bool {
        operations.withLock { $0.contains(operation.name) }
    }

    func recordVersion2(_ operation: Operation) {
        operations.withLock { _ = $0.insert(operation.name) }
    }
}
