/// A wait that was in vain, which fails its test.
package struct TimedOut: Error, CustomStringConvertible {
    package let description: String

    init(_ event: String, _ limit: Duration) { description = "\(event): not within \(limit)" }
}

/// How long a test waits for anything, unless it says otherwise: long, since it is used up only by a test that fails.
package let longestWait = Duration.seconds(120)

/// Waits for an event.
///
/// - Parameters:
///   - event: What is waited for, as the error names it.
///   - wait: Returns when the event has come, and ends when its task is cancelled.
/// - Throws: ``TimedOut`` when the limit is reached first.
@discardableResult
package func waitFor<Value: Sendable>(
    _ event: String,
    within limit: Duration = longestWait,
    _ wait: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup { group in
        group.addTask(operation: wait)
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimedOut(event, limit)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw TimedOut(event, limit) }
        return value
    }
}

/// Waits for a condition that nothing announces, such as a state of the database or of the file system.
///
/// - Parameters:
///   - condition: What is waited for, as the error names it.
///   - isMet: Asked again every 10 milliseconds.
/// - Throws: ``TimedOut`` when the limit is reached first.
package func waitUntil(
    _ condition: String,
    within limit: Duration = longestWait,
    isolation: isolated (any Actor)? = #isolation,
    _ isMet: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !isMet() {
        guard ContinuousClock.now < end else { throw TimedOut(condition, limit) }
        try await Task.sleep(for: .milliseconds(10))
    }
}
