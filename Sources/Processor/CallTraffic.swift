import CallPolicy

/// Lets calls through the run's one ``CallGate``, in the order they came, and wakes those that wait.
actor CallTraffic {
    private var gate: CallGate
    private var waiting: [Waiting] = []
    private var lastNumber = 0
    /// The earliest instant at which somebody looks again.
    private var alarm: ContinuousClock.Instant?

    private struct Waiting {
        let number: Int
        let answer: CheckedContinuation<Answer, Never>
    }

    private enum Answer {
        case go(CallGate.Pass)
        case closed
        case cancelled
    }

    init(_ limits: CallGate.Limits) {
        gate = CallGate(limits)
    }

    /// Whether no call gets through at the moment.
    var isInterrupted: Bool { gate.isInterrupted }
    /// Whether the API has been out for too long, so that nothing goes any more.
    var isClosed: Bool { gate.isClosed }

    /// Waits until a call may be made.
    ///
    /// - Throws: `.noConnection` where the API has been out for too long, `.cancelled` where the task was.
    func enter() async throws(CallError) -> CallGate.Pass {
        lastNumber += 1
        let number = lastNumber
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting.append(Waiting(number: number, answer: continuation))
                letThrough()
            }
        } onCancel: {
            // It gets its turn once the caller waits, also where the task was cancelled before.
            Task { await giveUp(number) }
        }
        switch answer {
        case .go(let pass): return pass
        case .closed:
            throw CallError(failure: .noConnection, sentence: "The API does not answer any more.", mayHaveActed: false)
        case .cancelled:
            throw CallError(failure: .cancelled, sentence: "The run was stopped.", mayHaveActed: false)
        }
    }

    /// Tells how a call ended.
    func leave(_ pass: CallGate.Pass, _ end: CallEnd) {
        gate.ended(pass, end, at: .now, draw: .random(in: 0...1))
        letThrough()
    }

    private func letThrough() {
        while let first = waiting.first {
            switch gate.ask(at: .now) {
            case .go(let pass):
                waiting.removeFirst()
                first.answer.resume(returning: .go(pass))
            case .closed:
                for waiting in waiting { waiting.answer.resume(returning: .closed) }
                waiting = []
            case .wait(let until):
                if let until { look(at: until) }
                return
            }
        }
    }

    private func look(at instant: ContinuousClock.Instant) {
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
