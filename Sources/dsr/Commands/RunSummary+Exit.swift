import Processor
import Reports
import SubjectRequests

extension RunSummary {
    /// The summary's exit code, as an error where it is not 0.
    func throwUnlessDone() throws {
        switch end {
        case .credentialsRefused(let how):
            throw Failure(
                .credentials,
                "\(how) No more requests were claimed, and those in progress are pending again."
            )
        case .apiUnavailable, .databaseUnavailable:
            throw Failure(.unreachable, "\(end.sentence). Requests without an answer are pending and will be retried")
        case .wrongEnvironment:
            throw Failure(
                .configuration,
                "\(end.sentence). Nothing was recorded of such requests; they are pending again."
            )
        case .canaryUnknown:
            throw Failure(.configuration, "\(end.sentence). Nothing was claimed. \(RunEnd.canaryAdvice)")
        case .leaseLost:
            throw Failure(.tryAgain, "the run lost its lease; the next run takes over its requests")
        case .done, .stopped, .timeLimitReached, .requestLimitReached:
            break
        }
        if let deliveryFailure { throw Failure.undelivered(deliveryFailure) }
        if let signingFailure { throw Failure(.needsAction, signingFailure) }
        if !report.balances {
            throw Failure(
                .needsAction,
                "the sums of run \(report.runID) do not agree: \(report.counts.toAccountFor.grouped) to account for, "
                    + "\(report.counts.accountedFor.grouped) accounted for"
            )
        }
        if let brake = report.brake {
            throw Failure(
                .needsAction,
                "erasures are held back: \(brake); 'dsr run --allow-spike TICKET' allows them"
            )
        }
        if let unknown = report.unknownBrake {
            throw Failure(
                .needsAction,
                "answers that there is no data are held back: \(unknown). Check that the API key belongs to the right environment "
                    + "and account; 'dsr run --allow-unknown TICKET' allows the answers"
            )
        }
        if let obstacle {
            throw Failure(.tryAgain, obstacle.sentence + (needsAction ? "; \(neededAction)" : ""))
        }
        if needsAction { throw Failure(.needsAction, neededAction) }
    }

    /// All that needs action, each kind with the command that lists it.
    private var neededAction: String {
        let rows = Dictionary(grouping: report.needsAction, by: \.kind)
        var sentences: [String] = []
        let ids = rows[.request, default: []].compactMap { $0.number.map(String.init) }
        let requests = ids.count + report.unlistedNeedsAction
        if requests == 1 {
            sentences.append("1 request needs action: \(ids[0]); see 'dsr requests show \(ids[0])'")
        } else if requests > 1 {
            let named = ids.prefix(10).joined(separator: ", ") + (requests > 10 ? ", …" : "")
            sentences.append(
                "\(requests.grouped) requests need action: \(named); see 'dsr requests list --needs-action'"
            )
        }
        if let held = rows[.erasures]?.first {
            sentences.append("\(held.count.counted("erasure")) held back; '\(held.command)' allows them")
        }
        for held in rows[.requests, default: []] {
            sentences.append(
                held.state == Gate.controllerTexts.rawValue
                    ? "\(held.count.counted("request waits", "requests wait")) for texts of the controller: \(held.reason)"
                    : "\(held.count.counted("answer")) \"no data\" held back; '\(held.command)' allows them"
            )
        }
        if report.attention.incidents > 0 {
            let incidents = report.attention.incidents.counted("incident is", "incidents are")
            sentences.append("\(incidents) open; see 'dsr incidents list'")
        }
        if report.attention.holdsToReview > 0 {
            let holds = report.attention.holdsToReview.counted("legal hold is", "legal holds are")
            sentences.append("\(holds) due for review; see 'dsr requests holds'")
        }
        if report.attention.missedRechecks > 0 {
            let rechecks = report.attention.missedRechecks.counted("recheck was", "rechecks were")
            sentences.append("\(rechecks) missed; see the report of run \(report.runID)")
        }
        if sentences.isEmpty { return "something needs action; see the summary of run \(report.runID)" }
        return sentences.joined(separator: "; ")
    }
}

extension RunSummary.Obstacle {
    fileprivate var sentence: String {
        switch self {
        case .nothingAnswered(let retried, let reason):
            "no request was answered: \(retried.counted("request")) failed and will be retried, most of them because of: "
                + reason
        case .oneReason(let reason, let retried, let tried):
            "\(retried.grouped) of \(tried.counted("request")) failed for the same reason and will be retried: \(reason)"
        }
    }
}
