import CallPolicy
import SubjectRequests

extension RetryPolicy {
    /// The resolution of a claim that found no answer: back to the queue, or to an operator.
    ///
    /// - Parameters:
    ///   - reason: What happened; free of personal data.
    ///   - mayHaveActed: Whether a change may have been carried out although no answer came.
    ///   - jitter: A random number from 0 to 1.
    func resolution(
        of request: SubjectRequest,
        after failure: APIFailure,
        reason: String,
        mayHaveActed: Bool,
        jitter: Double = .random(in: 0...1)
    ) -> Resolution {
        var how = Resolution.Return(setback: mayHaveActed ? .outcomeUnknown : nil, reason: reason)
        let claim = request.claim
        switch remedy(for: failure, failures: claim.failures, claims: claim.number, jitter: jitter) {
        case .later(let wait, let countsAsFailure):
            how.wait = wait
            how.countsAsFailure = countsAsFailure
        case .needsAction:
            let isRefusal = if case .status = failure { failure.kind != .trouble } else { false }
            return request.failed(isRefusal ? .refusedByAPI : how.setback, reason: reason, mayHaveActed: mayHaveActed)
        case .giveBack, .stopRun:
            break
        }
        return request.returned(how, mayHaveActed: mayHaveActed)
    }

    /// The resolution of a claim whose change was withheld. It goes back. Where the intent could not be recorded it waits,
    /// since the same statement would fail again at once.
    ///
    /// - Parameter mayHaveActed: Whether an earlier change of this claim may have been carried out.
    func resolution(
        of request: SubjectRequest,
        after withheld: ChangeWithheld,
        mayHaveActed: Bool,
        jitter: Double = .random(in: 0...1)
    ) -> Resolution {
        var how = Resolution.Return(setback: mayHaveActed ? .outcomeUnknown : nil, reason: withheld.description)
        if case .notRecorded = withheld {
            how.wait = queue.wait(step: request.claim.failures + 1, jitter: jitter)
            how.countsAsFailure = true
        }
        return request.returned(how, mayHaveActed: mayHaveActed)
    }
}
