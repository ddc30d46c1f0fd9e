import SubjectRequests
import Testing

@Suite("Outcomes, states and rights")
struct OutcomeTests {
    @Test("the outcomes that complete a request are those that answer it")
    func completes() {
        let completing: Set<Outcome> = [.exported, .noData, .rectified, .erased, .recordRemains, .alreadyAbsent]
        #expect(Set(Outcome.allCases.filter(\.completes)) == completing)
    }

    @Test("a request is closed when it is completed, refused, cancelled or failed")
    func closed() {
        #expect(Set(RequestState.allCases.filter(\.isClosed)) == [.completed, .refused, .cancelled, .failed])
    }

    @Test("a gate needs action unless it opens by a date, by another request, or by the end of a hold")
    func needsAction() {
        let automatic: Set<Gate> = [.olderRequest, .legalHold, .waitingPeriod]
        #expect(Set(Gate.allCases.filter { !$0.needsAction }) == automatic)
    }

    @Test("these are the words in the database")
    func words() {
        #expect(
            Outcome.allCases.map(\.rawValue) == [
                "exported", "no_data", "rectified", "not_applied", "erased", "record_remains", "already_absent",
                "residual_data", "registered_anew", "outcome_unknown", "refused_by_api",
            ]
        )
        #expect(
            RequestState.allCases.map(\.rawValue) == [
                "pending", "waiting", "running", "completed", "refused", "cancelled", "failed",
            ]
        )
        #expect(Right.allCases.map(\.rawValue) == ["access", "portability", "rectification", "erasure"])
        #expect(
            Gate.allCases.map(\.rawValue) == [
                "identity", "clarification", "older_request", "failed_request", "approval", "legal_hold",
                "hold_uncertain", "waiting_period", "brake", "unknown_customers",
                "known_before", "controller_texts",
            ]
        )
    }
}
