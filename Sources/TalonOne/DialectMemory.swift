import Synchronization

/// Which of the calls that exist twice have turned out to be version 2 here; shared by the copies of a client.
final class DialectMemory: Sendable {
    private let moved = Mutex<Set<String>>([])

    func speaksV2(_ operation: Operation) -> Bool {
        moved.withLock { $0.contains(operation.name) }
    }

    func remember(v2 operation: Operation) {
        moved.withLock { _ = $0.insert(operation.name) }
    }
}
