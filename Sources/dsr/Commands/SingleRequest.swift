import Foundation
import Processor
import Store
import SubjectRequests

/// A request that an operator makes and waits for: submitted, and worked by a run of its own.
struct SingleRequest {
    let submission: Submission
    let configuration: DsrConfiguration

    /// - Returns: The request as it stands afterwards.
    /// - Throws: ``Failure`` where it could not be worked; it is in the queue then, unless the failure says otherwise.
    func work() async throws -> RequestSummary {
        let settings = try configuration.processor(actor: Actor.current)
        // Everything a run would refuse to begin without, before the request is in the queue.
        _ = try configuration.talonOne()
        let id = try await configuration.withStore { store in try await store.submit(submission) }
        let summary: RunSummary
        do {
            summary = try await configuration.execute(.only(id), settings)
        } catch let failure as Failure {
            throw Failure(failure.code, "request \(id) is in the queue and was not worked: \(failure.sentence)")
        }
        let request = try await configuration.withStore { store in
            try await store.requests(state: nil, only: id, limit: 1)
        }.first
        guard let request else { throw Failure(.needsAction, "request \(id) is not in the queue any more") }
        if request.outcome == nil, summary.end != .done { try summary.throwUnlessDone() }
        if let signing = summary.signingFailure {
            Terminal.note("The evidence of request \(id) waits for the next signed head: \(signing)")
        }
        if let delivery = summary.deliveryFailure {
            Terminal.note("Documents of request \(id) could not be written: \(delivery). The next run writes them.")
        }
        return request
    }
}

extension RequestSummary {
    /// What to tell an operator of a request that was not answered.
    var failure: Failure {
        if let waitingFor {
            return Failure(.needsAction, "request \(id) waits for \(waitingFor.rawValue): \(waitingFor.explanation)")
        }
        let found = outcome.map { " (\($0.rawValue))" } ?? ""
        return Failure(
            .needsAction,
            "request \(id) is \(state.rawValue)\(found)\(reason.map { ": \($0)" } ?? ""); see 'dsr requests show \(id)'"
        )
    }
}
