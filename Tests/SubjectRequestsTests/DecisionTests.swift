import SubjectRequests
import Testing

@Suite("Decisions")
struct DecisionTests {
    /// By default a pending erasure, received on 5 March 2026, as of 20 March.
    private func request(
        _ state: RequestState = .pending,
        right: Right = .erasure,
        requesterIsActor: Bool = false,
        today: String = "2026-03-20",
        isIdentityChecked: Bool = false,
        approvedBy: String? = nil,
        toldOn: String? = nil,
        ground: RefusalGround? = nil,
        refusalToldOn: String? = nil,
        mayHaveActed: Bool = false,
        isPostponed: Bool = false,
        isForgotten: Bool = false,
        suspensions: [Suspension] = []
    ) throws -> RequestStatus {
        RequestStatus(
            id: 7,
            right: right,
            state: state,
            run: 3,
            requesterIsActor: requesterIsActor,
            today: try day(today),
            receivedOn: try day("2026-03-05"),
            noticeBy: try day("2026-04-05"),
            isIdentityChecked: isIdentityChecked,
            approvedBy: approvedBy,
            extensionToldOn: try toldOn.map(day),
            refusalGround: ground,
            refusalToldOn: try refusalToldOn.map(day),
            mayHaveActed: mayHaveActed,
            isPostponed: isPostponed,
            isForgotten: isForgotten,
            suspensions: suspensions
        )
    }

    private func decisions() throws -> [Decision] {
        [
            .identityChecked(.calledBack, by: "Bo"), .approved, .extended(toldOn: try day("2026-03-20")),
            .refused(.unfounded, toldOn: nil), .reopened, .cancelled, .retried,
            .suspended(.clarification, askedOn: try day("2026-03-20")),
            .resumed(.clarification, answeredOn: try day("2026-03-20")),
        ]
    }

    @Test("each state allows exactly these decisions, and for the others a sentence says what is possible")
    func states() throws {
        // In the order of `decisions`: + allowed, = unchanged, - not allowed.
        let table: [(RequestState, String)] = [
            (.pending, "++++=+=+="), (.waiting, "++++=+-+="), (.running, "+-+-=---="), (.completed, "--------="),
            (.refused, "----+---="), (.cancelled, "-----=--="), (.failed, "+-++-++-="),
        ]
        #expect(Set(table.map(\.0)) == Set(RequestState.allCases))
        for (state, expected) in table {
            let status = try request(state, ground: state == .refused ? .excessive : nil)
            let verdicts = try decisions().map { $0.verdict(on: status) }
            let found = verdicts.map { verdict in
                switch verdict {
                case .allowed: "+"
                case .unchanged: "="
                case .notAllowed: "-"
                }
            }.joined()
            #expect(found == expected, "\(state): \(verdicts)")
            for case .notAllowed(let sentence) in verdicts {
                #expect(sentence.contains("request 7") && sentence.count > 20, "\(sentence)")
            }
        }
    }

    @Test("a refusal is taken back only while the customer was not told, is identified, and was refused on a ground")
    func reopened() throws {
        let verdicts: [Decision.Verdict] = [
            Decision.reopened.verdict(on: try request(.refused, ground: .excessive)),
            Decision.reopened.verdict(on: try request(.refused)),
            Decision.reopened.verdict(on: try request(.refused, ground: .excessive, refusalToldOn: "2026-03-19")),
            Decision.reopened.verdict(on: try request(.refused, ground: .excessive, isForgotten: true)),
        ]
        #expect(verdicts.map { $0 == .allowed } == [true, false, false, false])
        guard case .notAllowed(let sentence) = verdicts[2] else { return }
        #expect(sentence.contains("told on 2026-03-19"))
        // A retry is not possible, and the error names what is.
        guard case .notAllowed(let retry) = Decision.retried.verdict(on: try request(.refused, ground: .excessive))
        else {
            Issue.record("a refused request is retried")
            return
        }
        #expect(retry.contains("'dsr requests reopen 7'"))
    }

    @Test("an extension is possible once, told in the first month, and not in the future or before receipt")
    func extensions() throws {
        func verdict(_ toldOn: String, _ status: RequestStatus) throws -> Decision.Verdict {
            Decision.extended(toldOn: try day(toldOn)).verdict(on: status)
        }
        #expect(try verdict("2026-03-20", request()) == .allowed)
        #expect(try verdict("2026-04-05", request(today: "2026-04-05")) == .allowed)
        // The end of the month is not moved, although 5 April is a Sunday.
        #expect(try verdict("2026-04-05", request(today: "2026-04-06")).isRefusal(with: "ended on 2026-04-05"))
        #expect(try verdict("2026-03-21", request()).isRefusal(with: "in the future"))
        #expect(try verdict("2026-03-04", request()).isRefusal(with: "before that"))
        let extended = try request(toldOn: "2026-03-10")
        #expect(try verdict("2026-03-11", extended).isRefusal(with: "told on 2026-03-10"))
        guard case .unchanged = try verdict("2026-03-10", extended) else {
            Issue.record("the same extension again changes nothing")
            return
        }
    }

    @Test("an erasure is approved once, and not by the requester")
    func approval() throws {
        let approval = Decision.approved
        #expect(approval.verdict(on: try request()) == .allowed)
        #expect(
            approval.verdict(on: try request(requesterIsActor: true))
                == .notAllowed("the requester cannot approve their own erasure")
        )
        #expect(
            approval.verdict(on: try request(approvedBy: "Cy")) == .unchanged("The erasure is already approved, by Cy.")
        )
        #expect(approval.verdict(on: try request(right: .access)).isRefusal(with: "only erasures are approved"))
    }

    @Test("the requester can make every decision except the approval", arguments: [true, false])
    func requester(requesterIsActor: Bool) throws {
        let own = try request(requesterIsActor: requesterIsActor)
        let verdicts = try decisions().map { $0.verdict(on: own) == .allowed }
        #expect(verdicts == [true, !requesterIsActor, true, true, false, true, false, true, false])
    }

    @Test(
        "a request is refused only on a ground that applies to its right",
        arguments: RefusalGround.allCases,
        Right.allCases
    )
    func grounds(ground: RefusalGround, right: Right) throws {
        let verdict = Decision.refused(ground, toldOn: nil).verdict(on: try request(right: right))
        let fits = ground.right == nil || ground.right == right
        #expect((verdict == .allowed) == fits)
        #expect(fits || verdict.isRefusal(with: ground.article))
    }

    @Test("the ground of a refusal is final, and the date on which the customer was told can be added")
    func refusedBefore() throws {
        func verdict(_ ground: RefusalGround, _ toldOn: String?, _ status: RequestStatus) throws -> Decision.Verdict {
            Decision.refused(ground, toldOn: try toldOn.map(day)).verdict(on: status)
        }
        let untold = try request(.refused, ground: .unfounded)
        #expect(try verdict(.unfounded, nil, untold) == .unchanged("The request is already refused."))
        #expect(try verdict(.unfounded, "2026-03-20", untold) == .allowed)
        #expect(try verdict(.excessive, nil, untold).isRefusal(with: "Art. 12(5)"))
        let told = try request(.refused, ground: .unfounded, refusalToldOn: "2026-03-19")
        #expect(
            try verdict(.unfounded, "2026-03-20", told)
                == .unchanged(
                    "The request is already refused; the customer was told on 2026-03-19."
                )
        )
        // Malformed: refused by admission, without a ground.
        #expect(try verdict(.unfounded, nil, request(.refused)).isRefusal(with: "malformed"))
    }

    @Test("an erasure that may have been carried out is neither refused nor cancelled before a run has checked")
    func mayHaveActed() throws {
        for state in [RequestState.pending, .failed] {
            let status = try request(state, mayHaveActed: true)
            for decision in [Decision.refused(.unfounded, toldOn: nil), .cancelled] {
                #expect(decision.verdict(on: status).isRefusal(with: "may already have been carried out"))
            }
        }
    }

    @Test("a question is recorded once, and its answer is not before it")
    func suspensions() throws {
        let open = Suspension(cause: .identity, askedOn: try day("2026-03-10"))
        let asked = try request(suspensions: [open])
        guard case .unchanged = Decision.suspended(.identity, askedOn: try day("2026-03-11")).verdict(on: asked) else {
            Issue.record("the question was recorded twice")
            return
        }
        #expect(Decision.suspended(.clarification, askedOn: try day("2026-03-11")).verdict(on: asked) == .allowed)
        #expect(Decision.resumed(.identity, answeredOn: try day("2026-03-10")).verdict(on: asked) == .allowed)
        #expect(
            Decision.resumed(.identity, answeredOn: try day("2026-03-09")).verdict(on: asked)
                .isRefusal(with: "asked on 2026-03-10")
        )
        let checked = try request(isIdentityChecked: true)
        #expect(
            Decision.suspended(.identity, askedOn: try day("2026-03-11")).verdict(on: checked).isRefusal(
                with: "already verified"
            )
        )
    }

    @Test("a postponed request can be retried at once")
    func retry() throws {
        #expect(Decision.retried.verdict(on: try request(isPostponed: true)) == .allowed)
    }

    @Test("a failed request whose customer was erased by another one can be cancelled, but not retried")
    func forgotten() throws {
        let status = try request(.failed, isForgotten: true)
        #expect(Decision.retried.verdict(on: status).isRefusal(with: "'dsr requests cancel 7' closes the request"))
        #expect(Decision.cancelled.verdict(on: status) == .allowed)
    }
}

extension Decision.Verdict {
    fileprivate func isRefusal(with words: String) -> Bool {
        guard case .notAllowed(let sentence) = self else { return false }
        return sentence.contains(words)
    }
}
