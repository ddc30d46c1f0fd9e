import Processor
import Store
import SubjectRequests

/// A request that an operator makes and waits for: added to the queue, and processed by a run of its own.
struct SingleRequest {
    let submission: Submission
    let configuration: DsrConfiguration
    /// Whether an export comes with the controller's copy, whatever is configured.
    var withControllerCopy = false

    /// - Returns: The request afterwards, and why documents of it could not be delivered.
    /// - Throws: ``Failure`` where it could not be processed. It is in the queue then, unless the failure says otherwise.
    func process() async throws -> (request: RequestSummary, deliveryFailure: String?) {
        var settings = try configuration.processor(actor: CurrentUser.name)
        settings.waitsAtStart = false
        if withControllerCopy { settings.controllerCopy = true }
        // Checks everything that a run needs before the request is in the queue.
        _ = try configuration.talonOne()
        let id = try await configuration.withQueue { store in try await store.submit(submission) }
        let summary = try await run(id, settings)
        let request = try await configuration.withStore { store in
            try await store.requests(state: nil, only: id, limit: 1)
        }.first
        guard let request else { throw Failure(.needsAction, "request \(id) is not in the queue any more") }
        if request.outcome == nil, summary.end != .done {
            try notProcessed(id) { try summary.throwUnlessDone() }
        }
        if let signing = summary.signingFailure {
            Terminal.note("Request \(id): \(signing)")
        }
        return (request, summary.deliveryFailure)
    }

    private func run(_ id: Int64, _ settings: ProcessorSettings) async throws -> RunSummary {
        do {
            return try await configuration.execute(.only(id), settings)
        } catch {
            return try notProcessed(id) { throw error }
        }
    }

    /// Adds to an error where the request is now.
    private func notProcessed<Value>(_ id: Int64, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            let failure = Failure(error)
            throw Failure(failure.code, "request \(id) is in the queue and was not processed: \(failure.sentence)")
        }
    }
}

extension RequestSummary {
    /// What to tell an operator about a request that was not completed.
    var failure: Failure {
        if let waitingFor {
            return Failure(.needsAction, "request \(id) waits for \(waitingFor.rawValue): \(waitingFor.explanation)")
        }
        if state == .pending {
            return Failure(
                .tryAgain,
                "request \(id) was not answered and will be retried by the next run"
                    + "\(reason.map { ": \($0)" } ?? ""); see 'dsr requests show \(id)'"
            )
        }
        let found = outcome.map { " (\($0.rawValue))" } ?? ""
        return Failure(
            .needsAction,
            "request \(id) is \(state.rawValue)\(found)\(reason.map { ": \($0.printable)" } ?? ""); see 'dsr requests show \(id)'"
        )
    }
}
