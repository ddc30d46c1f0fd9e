import CallPolicy
import TalonOne

/// The calls made for one request: each through the run's gate, made again when that may help, and all of them counted.
struct Calls {
    let policy: RetryPolicy
    let traffic: CallTraffic
    /// Whether something that changes data may be begun.
    let mayBegin: @Sendable () -> Bool
    /// Calls sent so far, tries included.
    private(set) var count = 0

    init(policy: RetryPolicy, traffic: CallTraffic, mayBegin: @escaping @Sendable () -> Bool = { true }) {
        self.policy = policy
        self.traffic = traffic
        self.mayBegin = mayBegin
    }

    /// Makes a call that changes nothing.
    mutating func read(
        _ call: () async throws(TalonOneError) -> TalonOneAnswer
    ) async throws(CallError) -> TalonOneAnswer {
        try await make(isRepeatable: true, call)
    }

    /// Makes a call that changes data.
    ///
    /// - Parameters:
    ///   - isRepeatable: Whether it may be made again without a look although it may have been carried out.
    ///   - announce: Writes the intent down, each time right before the call is sent and after all waiting is done. Where
    ///     it throws nothing is sent.
    mutating func change(
        isRepeatable: Bool,
        announce: @escaping () async throws(CallError) -> Void,
        _ call: () async throws(TalonOneError) -> TalonOneAnswer
    ) async throws(CallError) -> TalonOneAnswer {
        try await make(isRepeatable: isRepeatable, announce: announce, call)
    }

    private mutating func make(
        isRepeatable: Bool,
        announce: (() async throws(CallError) -> Void)? = nil,
        _ call: () async throws(TalonOneError) -> TalonOneAnswer
    ) async throws(CallError) -> TalonOneAnswer {
        var tries = 0
        while true {
            tries += 1
            let error: CallError
            let pass = try await traffic.enter()
            if let announce { try await prepare(announce, pass) }
            count += 1
            do throws(TalonOneError) {
                let answer = try await call()
                await traffic.leave(pass, .answered)
                return answer
            } catch let failed {
                error = CallError(failed)
            }
            await traffic.leave(pass, CallEnd(error.failure))
            guard isRepeatable || !error.mayHaveActed,
                let wait = policy.quickRetry(after: error.failure, tries: tries, draw: .random(in: 0...1))
            else { throw error }
            do {
                try await Task.sleep(for: wait)
            } catch {
                throw CallError(failure: .cancelled, sentence: "The run was stopped.", mayHaveActed: false)
            }
        }
    }

    private func prepare(
        _ announce: () async throws(CallError) -> Void,
        _ pass: CallGate.Pass
    ) async throws(CallError) {
        do throws(CallError) {
            try await announce()
            // The announcement may have taken long, or this process may have been stopped since: whoever took over in
            // the meantime must not find the call made behind their back.
            guard mayBegin() else {
                throw CallError(failure: .cancelled, sentence: "The run's lease is in doubt.", mayHaveActed: false)
            }
        } catch {
            await traffic.leave(pass, .cancelled)
            throw error
        }
    }
}
