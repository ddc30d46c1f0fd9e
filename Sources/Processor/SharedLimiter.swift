import CallPolicy
import Foundation
import SubjectRequests
import TalonOne

/// Lets API requests through the run's one ``CallLimiter``, first come, first served, and wakes those that wait.
actor SharedLimiter {
    private var limiter: CallLimiter
    private var waiting: [Waiting] = []
    private var lastNumber = 0
    /// The earliest instant at which a timer asks again.
    private var alarm: ContinuousClock.Instant?
    private var outSince: ContinuousClock.Instant?
    private var lastFailure: APIFailure?
    private var counts = SlowDowns()
    private var outFor = Duration.zero

    private struct Waiting {
        let number: Int
        let answer: CheckedContinuation<Answer, Never>
    }

    private enum Answer {
        case go(CallLimiter.Permit)
        case closed
        case cancelled
    }

    /// What the limiter says about the API as a whole.
    struct State {
        /// Whether no request gets through at the moment, or all of one operation are throttled.
        var isInterrupted: Bool
        /// Why the API is given up, after an outage that lasted too long; `nil` while it is not.
        var outage: RunEnd?
    }

    init(_ limits: CallLimiter.Limits) {
        limiter = CallLimiter(limits)
    }

    /// What the limiter says about the API as a whole.
    var state: State {
        State(
            isInterrupted: limiter.isInterrupted || limiter.isThrottled,
            outage: limiter.isClosed ? .apiUnavailable(outageSentence) : nil
        )
    }

    /// What slowed the calls down so far, an outage that goes on included.
    var slowDowns: SlowDowns {
        var slowDowns = counts
        let sum = outFor + (outSince.map { .now - $0 } ?? .zero)
        slowDowns.outageSeconds = Int((sum / .seconds(1)).rounded())
        return slowDowns
    }

    /// Notes that a call is sent again at once.
    func repeats() { counts.repeatedCalls += 1 }

    /// Waits until a request may be sent.
    ///
    /// - Throws: ``APIError`` `.noConnection` where the API has been out for too long, `.cancelled` where the task was
    ///   cancelled.
    func enter() async throws -> CallLimiter.Permit {
        lastNumber += 1
        let number = lastNumber
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting.append(Waiting(number: number, answer: continuation))
                letThrough()
            }
        } onCancel: {
            // It runs after the caller has begun to wait, also where the task was cancelled before.
            Task { await giveUp(number) }
        }
        switch answer {
        case .go(let permit): return permit
        case .closed: throw APIError(failure: .noConnection, description: "\(outageSentence).", mayHaveActed: false)
        case .cancelled: throw APIError.cancelled
        }
    }

    /// Takes back a permit.
    ///
    /// - Parameters:
    ///   - failure: How the request failed; `nil` where the API answered it.
    ///   - operation: The operation that was called; `nil` where nothing was sent.
    func leave(_ permit: CallLimiter.Permit, _ failure: APIFailure?, of operation: TalonOne.Operation? = nil) {
        limiter.finished(
            permit,
            failure.map(CallLimiter.Feedback.init) ?? .answered,
            of: operation?.name ?? "",
            at: .now,
            jitter: .random(in: 0...1)
        )
        if let failure, failure.kind == .outage { note(failure) }
        noteOutage(limiter.isInterrupted || limiter.isThrottled)
        letThrough()
    }

    private func note(_ failure: APIFailure) {
        lastFailure = failure
        switch failure {
        case .status(429, _), .status(503, _): counts.throttledCalls += 1
        default: counts.unansweredCalls += 1
        }
    }

    private func noteOutage(_ isOut: Bool) {
        switch (outSince, isOut) {
        case (nil, true):
            outSince = .now
            counts.outages += 1
        case (let since?, false):
            outFor += .now - since
            outSince = nil
        default: break
        }
    }

    private var outageSentence: String {
        let minutes = outSince.map { Int(((ContinuousClock.now - $0) / .seconds(60)).rounded()) } ?? 0
        let time = minutes < 1 ? "for less than a minute" : "for \(minutes) min"
        return "Talon.One was unavailable \(time)" + (lastFailure.map { " (last answer: \($0.label))" } ?? "")
    }

    private func letThrough() {
        while let first = waiting.first {
            switch limiter.ask(at: .now) {
            case .go(let permit):
                waiting.removeFirst()
                first.answer.resume(returning: .go(permit))
            case .closed:
                for waiting in waiting { waiting.answer.resume(returning: .closed) }
                waiting = []
            case .wait(let until):
                if let until { ask(at: until) }
                return
            }
        }
    }

    private func ask(at instant: ContinuousClock.Instant) {
        if let alarm, alarm <= instant { return }
        alarm = instant
        Task {
            try? await Task.sleep(until: instant, clock: .continuous)
            if alarm == instant { alarm = nil }
            letThrough()
        }
    }

    private func giveUp(_ number: Int) {
        guard let place = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: place).answer.resume(returning: .cancelled)
    }
}
