import CallPolicy
import TalonOne

/// The calls made for one request: each made again when that may help, and all of them counted.
struct Calls {
    let policy: RetryPolicy
    /// Calls sent so far, tries included.
    private(set) var count = 0

    init(policy: RetryPolicy) {
        self.policy = policy
    }

    /// Makes a call that changes nothing, or that may be repeated without harm.
    mutating func read<Model>(
        _ call: () async throws(TalonOneError) -> TalonOneAnswer<Model>
    ) async throws(CallError) -> TalonOneAnswer<Model> {
        try await make(repeatable: true, call)
    }

    /// Makes a call that changes data. It is repeated only where it was certainly not carried out.
    mutating func send<Model>(
        _ call: () async throws(TalonOneError) -> TalonOneAnswer<Model>
    ) async throws(CallError) -> TalonOneAnswer<Model> {
        try await make(repeatable: false, call)
    }

    private mutating func make<Model>(
        repeatable: Bool,
        _ call: () async throws(TalonOneError) -> TalonOneAnswer<Model>
    ) async throws(CallError) -> TalonOneAnswer<Model> {
        var tries = 0
        while true {
            tries += 1
            count += 1
            let error: CallError
            do throws(TalonOneError) {
                return try await call()
            } catch let failed {
                error = CallError(failed)
            }
            guard repeatable || !error.mayHaveActed,
                let wait = policy.quickRetry(after: error.failure, tries: tries, draw: .random(in: 0...1))
            else { throw error }
            do {
                try await Task.sleep(for: wait)
            } catch {
                throw CallError(failure: .cancelled, sentence: "The run was stopped.", mayHaveActed: false)
            }
        }
    }
}
