import SubjectRequests
import Testing

@Suite("Decisions")
struct DecisionTests {
    /// Received on 5 March 2026, an erasure requested by Ada, pending on 20 March, unless said otherwise.
    private func request(
        _ state: RequestState = .pending,
        right: Right = .erasure,
        today: String = "2026-03-20",
        isIdentityChecked: Bool = false,
        approvedBy: String? = nil,
        toldOn: String? = nil,
        ground: RefusalGround? = nil,
        refusalToldOn: String? = nil,
        mayHaveActed: Bool = false,
        isLater: Bool = false,
        isForgotten: Bool = false,
        suspensions: [Suspension] = []
    ) throws -> RequestStatus {
        RequestStatus(
            id: 7,
            right: right,
            state: state,
            run: 3,
            requestedBy: "Ada",
            today: try day(today),
            receivedOn: try day("2026-03-05"),
            noticeBy: try day("2026-04-05"),
            isIdentityChecked: isIdentityChecked,
            approvedBy: approvedBy,
            extensionToldOn: try toldOn.map(day),
            refusalGround: ground,
            refusalToldOn: try refusalToldOn.map(day),
            mayHaveActed: mayHaveActed,
            isToBeTriedLater: isLater,
            isForgotten: isForgotten,
            suspensions: suspensions
        )
    }

    private func decisions() throws -> [Decision] {
        [
            .identityChecked(.calledBack, by: "Bo"), .approved(by: "Bo"), .extended(toldOn: try day("2026-03-20")),
            .refused(.unfounded, toldOn: nil), .cancelled, .retried,
            .suspended(.clarification, askedOn: try day("2026-03-20")),
            .resumed(.clarification, answeredOn: try day("2026-03-20")),
        ]
    }

    @Test("in each state exactly these decisions can be made, and what cannot is said with what would")
    func states() throws {
        // In the order of `decisions`: + is made, = was made, - is not allowed.
        let table: [(RequestState, String)] = [
            (.pending, "+++++=+="), (.waiting, "+++++-+="), (.running, "+-+----="), (.completed, "-------="),
            (.refused, "-------="), (.cancelled, "----=--="), (.failed, "+-++++-="),
        ]
        #expect(Set(table.map(\.0)) == Set(RequestState.allCases))
        for (state, expected) in table {
            let standing = try request(state, ground: state == .refused ? .excessive : nil)
            let verdicts = try decisions().map { $0.verdict(on: standing) }
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

    @Test("an extension is told in the first month, once, and cannot be told in the future or before receipt")
    func extensions() throws {
        func verdict(_ toldOn: String, _ standing: RequestStatus) throws -> Decision.Verdict {
            Decision.extended(toldOn: try day(toldOn)).verdict(on: standing)
        }
        #expect(try verdict("2026-03-20", request()) == .allowed)
        #expect(try verdict("2026-04-05", request(today: "2026-04-05")) == .allowed)
        // The nominal end of the month counts, although 5 April is a Sunday.
        #expect(try verdict("2026-04-05", request(today: "2026-04-06")).isRefusal(with: "over on 2026-04-05"))
        #expect(try verdict("2026-03-21", request()).isRefusal(with: "in the future"))
        #expect(try verdict("2026-03-04", request()).isRefusal(with: "before that"))
        let extended = try request(toldOn: "2026-03-10")
        #expect(try verdict("2026-03-11", extended).isRefusal(with: "told on 2026-03-10"))
        guard case .unchanged = try verdict("2026-03-10", extended) else {
            Issue.record("the same extension again is no news")
            return
        }
    }

    @Test("an erasure is approved by somebody else, however the name is written, and once")
    func approval() throws {
        for name in ["Ada", "ada", " ADA "] {
            let verdict = Decision.approved(by: name).verdict(on: try request())
            #expect(verdict.isRefusal(with: "somebody else"), "\(name)")
        }
        #expect(try Decision.approved(by: "Bo").verdict(on: request()) == .allowed)
        #expect(
            try Decision.approved(by: "Cy").verdict(on: request(approvedBy: "Bo"))
                == .unchanged(
                    "It was approved before, by Bo."
                )
        )
        #expect(try Decision.approved(by: "Bo").verdict(on: request(right: .access)).isRefusal(with: "access"))
    }

    @Test("a ground is one against the right that is asked for", arguments: RefusalGround.allCases, Right.allCases)
    func grounds(ground: RefusalGround, right: Right) throws {
        let verdict = Decision.refused(ground, toldOn: nil).verdict(on: try request(right: right))
        let fits = ground.right == nil || ground.right == right
        #expect((verdict == .allowed) == fits)
        #expect(fits || verdict.isRefusal(with: ground.article))
    }

    @Test("a refusal stands, and that the person was told is added to it")
    func refusedBefore() throws {
        func verdict(_ ground: RefusalGround, _ toldOn: String?, _ standing: RequestStatus) throws -> Decision.Verdict
        {
            Decision.refused(ground, toldOn: try toldOn.map(day)).verdict(on: standing)
        }
        let untold = try request(.refused, ground: .unfounded)
        #expect(try verdict(.unfounded, nil, untold) == .unchanged("It was refused before."))
        #expect(try verdict(.unfounded, "2026-03-20", untold) == .allowed)
        #expect(try verdict(.excessive, nil, untold).isRefusal(with: "Art. 12(5)"))
        let told = try request(.refused, ground: .unfounded, refusalToldOn: "2026-03-19")
        #expect(
            try verdict(.unfounded, "2026-03-20", told)
                == .unchanged(
                    "It was refused before; the person was told on 2026-03-19."
                )
        )
        // Malformed: no person has refused it.
        #expect(try verdict(.unfounded, nil, request(.refused)).isRefusal(with: "malformed"))
    }

    @Test("what may have been erased is neither refused nor cancelled before a run has found out")
    func mayHaveActed() throws {
        for state in [RequestState.pending, .failed] {
            let standing = try request(state, mayHaveActed: true)
            for decision in [Decision.refused(.unfounded, toldOn: nil), .cancelled] {
                #expect(decision.verdict(on: standing).isRefusal(with: "may have been carried out"))
            }
        }
    }

    @Test("a question is asked once, and answered after it was asked")
    func suspensions() throws {
        let open = Suspension(cause: .identity, askedOn: try day("2026-03-10"))
        let asked = try request(suspensions: [open])
        guard case .unchanged = Decision.suspended(.identity, askedOn: try day("2026-03-11")).verdict(on: asked) else {
            Issue.record("asked twice")
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
                with: "checked"
            )
        )
    }

    @Test("a request that is to be tried later is tried now")
    func retry() throws {
        #expect(Decision.retried.verdict(on: try request(isLater: true)) == .allowed)
    }

    @Test("a failed request whose person was erased at another one is closed, and not tried again")
    func forgotten() throws {
        let standing = try request(.failed, isForgotten: true)
        #expect(Decision.retried.verdict(on: standing).isRefusal(with: "'dsr requests cancel 7' closes it"))
        #expect(Decision.cancelled.verdict(on: standing) == .allowed)
    }
}

extension Decision.Verdict {
    fileprivate func isRefusal(with words: String) -> Bool {
        guard case .notAllowed(let sentence) = self else { return false }
        return sentence.contains(words)
    }
}
