import SubjectRequests
import Testing

@Suite("Outcomes, states and rights")
struct OutcomeTests {
    @Test("an outcome completes a request only where the request is answered with it")
    func completes() {
        let completing: Set<Outcome> = [.exported, .noData, .rectified, .erased, .alreadyAbsent]
        #expect(Set(Outcome.allCases.filter(\.completes)) == completing)
    }

    @Test("the words in the database are these")
    func words() {
        #expect(
            Outcome.allCases.map(\.rawValue) == [
                "exported", "no_data", "rectified", "not_applied", "erased", "already_absent", "residual_data",
                "outcome_unknown", "refused_by_api",
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
                "hold_uncertain", "waiting_period", "brake",
            ]
        )
    }
}
