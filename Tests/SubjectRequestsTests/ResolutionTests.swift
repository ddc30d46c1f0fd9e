import Foundation
import SubjectRequests
import Testing

@Suite("Resolutions")
struct ResolutionTests {
    private func request(_ right: Right, failures: Int = 2, mayHaveActed: Bool = false) throws -> SubjectRequest {
        SubjectRequest(
            claim: Claim(request: 7, number: 3, failures: failures, mayHaveActed: mayHaveActed),
            right: right,
            subject: try SubjectID("customer-42"),
            receivedAt: .distantPast,
            answerBy: try day("2026-04-05")
        )
    }

    /// What is recorded of a resolution.
    struct Recorded: Equatable {
        var state: RequestState
        var outcome: Outcome?
        var failures = 2
        var mayHaveActed = false
        var forgetsSubject = false

        init(
            _ state: RequestState,
            _ outcome: Outcome? = nil,
            failures: Int = 2,
            mayHaveActed: Bool = false,
            forgetsSubject: Bool = false
        ) {
            self.state = state
            self.outcome = outcome
            self.failures = failures
            self.mayHaveActed = mayHaveActed
            self.forgetsSubject = forgetsSubject
        }

        init(_ resolution: Resolution) {
            self.init(
                resolution.state,
                resolution.outcome,
                failures: resolution.failures,
                mayHaveActed: resolution.mayHaveActed,
                forgetsSubject: resolution.forgetsSubject
            )
        }
    }

    private static let document = Document(
        fileName: "request-7.json",
        mediaType: "application/json",
        sha256: Data(repeating: 7, count: 32),
        content: Data("{}".utf8)
    )
    private static let recheck = Recheck(dueAfter: .seconds(7 * 86_400), keptFor: .seconds(30 * 86_400))

    @Test(
        "a completion has its outcome, keeps the failures, and forgets the customer only after an erasure of a known one",
        arguments: [
            (.access, .exported([document]), .exported), (.access, .noData([document]), .noData),
            (.portability, .exported([document]), .exported), (.portability, .noData([document]), .noData),
            (.rectification, .rectified(attributes: ["Name"]), .rectified),
            (.erasure, .erased([document], recheck), .erased), (.erasure, .noData([document]), .noData),
            (.erasure, .alreadyAbsent([document], nil), .alreadyAbsent),
        ] as [(Right, Resolution.Completion, Outcome)]
    )
    func completed(right: Right, completion: Resolution.Completion, outcome: Outcome) throws {
        // A deletion that an earlier claim may have carried out is settled by the answer.
        for mayHaveActed in [false, true] {
            let resolution = try request(right, mayHaveActed: mayHaveActed).completed(completion)
            let forgets = right == .erasure && outcome != .noData
            #expect(Recorded(resolution) == Recorded(.completed, outcome, forgetsSubject: forgets))
            #expect(resolution.isUnknownCustomer == (outcome == .noData))
            #expect(resolution.isKnownCustomer == ![.noData, .alreadyAbsent].contains(outcome))
            #expect(outcome.completes)
            #expect(resolution.reason == nil && resolution.wait == nil && resolution.remains == [])
            #expect(resolution.documents == (right == .rectification ? [] : [Self.document]))
            #expect(resolution.attributes == (right == .rectification ? ["Name"] : []))
            #expect(resolution.recheck == (outcome == .erased ? Self.recheck : nil))
        }
    }

    @Test(
        "a failure has the outcome of its setback, keeps the failures, and forgets nothing",
        arguments: [
            (.notApplied(attributes: ["Name"]), .notApplied), (.residualData(["profile"]), .residualData),
            (.outcomeUnknown, .outcomeUnknown), (.refusedByAPI, .refusedByAPI), (nil, nil),
        ] as [(Resolution.Setback?, Outcome?)],
        Right.allCases
    )
    func failed(end: (Resolution.Setback?, Outcome?), right: Right) throws {
        let (setback, outcome) = end
        let resolution = try request(right).failed(setback, reason: "A reason.")
        #expect(Recorded(resolution) == Recorded(.failed, outcome))
        #expect(outcome?.completes != true)
        #expect(resolution.reason == "A reason.")
        #expect(resolution.documents == [] && resolution.recheck == nil && resolution.wait == nil)
        #expect(resolution.attributes == (outcome == .notApplied ? ["Name"] : []))
        #expect(resolution.remains == (outcome == .residualData ? ["profile"] : []))
    }

    @Test("a return keeps the failures, or counts one more if the claim counts as a failure", arguments: [false, true])
    func returned(countsAsFailure: Bool) throws {
        let how = Resolution.Return(
            setback: .outcomeUnknown,
            reason: "A reason.",
            wait: .seconds(60),
            countsAsFailure: countsAsFailure
        )
        let resolution = try request(.erasure).returned(how)
        #expect(Recorded(resolution) == Recorded(.pending, .outcomeUnknown, failures: countsAsFailure ? 3 : 2))
        #expect(resolution.reason == "A reason." && resolution.wait == .seconds(60))
        #expect(try Recorded(request(.access).returned()) == Recorded(.pending))
    }

    @Test("a row that cannot be processed is refused with its reason, and keeps the failures")
    func refused() {
        let claim = Claim(request: 7, number: 3, failures: 2)
        let resolution = claim.refused(InvalidRequest("the integration_id is empty"))
        #expect(Recorded(resolution) == Recorded(.refused))
        #expect(resolution.right == nil && resolution.reason == "the integration_id is empty")
    }

    @Test("an erasure remembers a possible deletion of this or an earlier claim; other rights never have one")
    func mayHaveActed() throws {
        for right in Right.allCases {
            for (earlier, now) in [(false, false), (false, true), (true, false), (true, true)] {
                let request = try request(right, mayHaveActed: earlier)
                let expected = right == .erasure && (earlier || now)
                #expect(request.failed(nil, reason: "A reason.", mayHaveActed: now).mayHaveActed == expected)
                #expect(request.returned(mayHaveActed: now).mayHaveActed == expected)
            }
        }
    }

    @Test("a result that cannot be stored fails, keeps the failures and the number of calls, and stores no document")
    func unstorable() throws {
        for right in Right.allCases {
            let request = try request(right)
            let ends = [
                request.completed(.noData([Self.document])), request.failed(nil, reason: "Another reason."),
                request.returned(.init(wait: .seconds(60), countsAsFailure: true)),
            ]
            for var resolution in ends {
                resolution.calls = 4
                let unstorable = resolution.unstorable(reason: "A reason.")
                // The deletion may have been carried out, and the next claim reads before it deletes.
                #expect(Recorded(unstorable) == Recorded(.failed, mayHaveActed: right == .erasure))
                #expect(unstorable.reason == "A reason." && unstorable.calls == 4)
                #expect(unstorable.documents == [] && unstorable.wait == nil)
                #expect(unstorable.claim == request.claim && unstorable.right == right)
            }
            let setback = request.failed(.refusedByAPI, reason: "Another reason.").unstorable(reason: "A reason.")
            #expect(setback.outcome == .refusedByAPI)
        }
        let claim = Claim(request: 7, number: 3, failures: 2)
        let malformed = claim.refused(InvalidRequest("the integration_id is empty")).unstorable(reason: "A reason.")
        #expect(Recorded(malformed) == Recorded(.failed))
    }
}
