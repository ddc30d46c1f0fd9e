extension Decision {
    /// Decides whether the decision can be made about a request.
    public func verdict(on request: RequestStatus) -> Verdict {
        if let problem = date.flatMap(request.problem(of:)) { return .notAllowed(problem) }
        return switch self {
        case .identityChecked: request.checkIdentity()
        case .approved: request.approve()
        case .extended(let toldOn): request.extend(toldOn: toldOn)
        case .refused(let ground, let toldOn): request.refuse(ground, toldOn: toldOn)
        case .reopened: request.reopen()
        case .cancelled: request.cancel()
        case .retried: request.retry()
        case .suspended(let cause, _): request.suspend(cause)
        case .resumed(let cause, let answeredOn): request.resume(cause, answeredOn: answeredOn)
        }
    }

    /// The date that the decision states, if it states one.
    private var date: CivilDate? {
        switch self {
        case .extended(let date), .suspended(_, let date), .resumed(_, let date): date
        case .refused(_, let date): date
        case .identityChecked, .approved, .reopened, .cancelled, .retried: nil
        }
    }
}

extension RequestStatus {
    fileprivate func problem(of date: CivilDate) -> String? {
        if date > today { return "\(date) is in the future" }
        if date < receivedOn { return "request \(id) was received on \(receivedOn), and \(date) is before that" }
        return nil
    }

    // MARK: - Gates

    fileprivate func checkIdentity() -> Decision.Verdict {
        if isIdentityChecked { return .unchanged("The identity is already verified.") }
        return whileOpen("the identity can be verified") ?? .allowed
    }

    fileprivate func approve() -> Decision.Verdict {
        guard right == .erasure else {
            return .notAllowed("request \(id) asks for \(right.rawValue), and only erasures are approved")
        }
        if let approvedBy { return .unchanged("The erasure is already approved, by \(approvedBy).") }
        if requesterIsActor { return .notAllowed("the requester cannot approve their own erasure") }
        return whileInQueue("an erasure can be approved") ?? .allowed
    }

    fileprivate func suspend(_ cause: Suspension.Cause) -> Decision.Verdict {
        if let open = open(cause) {
            return .unchanged("The customer was already asked on \(open.askedOn), and has not answered.")
        }
        if cause == .identity, isIdentityChecked {
            return .notAllowed("the identity of the requester of request \(id) is already verified")
        }
        return whileInQueue("a question to the customer can be recorded") ?? .allowed
    }

    fileprivate func resume(_ cause: Suspension.Cause, answeredOn: CivilDate) -> Decision.Verdict {
        guard let open = open(cause) else { return .unchanged("No question to the customer is open.") }
        if answeredOn < open.askedOn {
            return .notAllowed("the customer was asked on \(open.askedOn), and \(answeredOn) is before that")
        }
        return .allowed
    }

    private func open(_ cause: Suspension.Cause) -> Suspension? {
        suspensions.first { $0.cause == cause && $0.answeredOn == nil }
    }

    // MARK: - Time

    fileprivate func extend(toldOn: CivilDate) -> Decision.Verdict {
        if let extensionToldOn {
            return extensionToldOn == toldOn
                ? .unchanged("The period is already extended; the customer was told on \(toldOn).")
                : .notAllowed(
                    "request \(id) is already extended, told on \(extensionToldOn); a period can be extended only once"
                )
        }
        if let verdict = whileOpen("the period can be extended") { return verdict }
        guard today <= noticeBy else {
            return .notAllowed(
                "the first month of request \(id) ended on \(noticeBy); the customer can be told of an extension only "
                    + "until then (Art. 12(3) GDPR)"
            )
        }
        return .allowed
    }

    // MARK: - Refusal, withdrawal, retry

    fileprivate func refuse(_ ground: RefusalGround, toldOn: CivilDate?) -> Decision.Verdict {
        if state == .refused {
            guard let refusalGround else {
                return .notAllowed(
                    "request \(id) is refused as malformed; only a new request can be refused on a ground"
                )
            }
            guard refusalGround == ground else {
                return .notAllowed(
                    "request \(id) is already refused on the ground of \(refusalGround.article); the ground cannot be "
                        + "changed"
                )
            }
            if toldOn != nil, refusalToldOn == nil { return .allowed }
            return .unchanged(
                "The request is already refused" + (refusalToldOn.map { "; the customer was told on \($0)." } ?? ".")
            )
        }
        if let only = ground.right, only != right {
            return .notAllowed(
                "\(ground.article) is a ground against \(only.rawValue), and request \(id) asks for \(right.rawValue)"
            )
        }
        return unlessEnded("refused") ?? .allowed
    }

    fileprivate func reopen() -> Decision.Verdict {
        switch state {
        case .pending, .waiting, .running: return .unchanged("The request is open.")
        case .refused: break
        case .completed, .cancelled, .failed:
            return .notAllowed("\(statement); only a request that was refused on a ground can be reopened")
        }
        guard refusalGround != nil else {
            return .notAllowed("request \(id) is refused as malformed; correct it, and submit it as a new request")
        }
        if let refusalToldOn {
            return .notAllowed(
                "the customer was told on \(refusalToldOn) that request \(id) is refused; only a new request can follow"
            )
        }
        if isForgotten {
            return .notAllowed(
                "another request erased the customer of request \(id), so their identifier is gone and the request cannot "
                    + "be processed"
            )
        }
        return .allowed
    }

    fileprivate func cancel() -> Decision.Verdict {
        if state == .cancelled { return .unchanged("The request is already cancelled.") }
        return unlessEnded("cancelled") ?? .allowed
    }

    fileprivate func retry() -> Decision.Verdict {
        switch state {
        case .failed where isForgotten:
            .notAllowed(
                "another request erased the customer of request \(id), so their identifier is gone and no call can be "
                    + "made; 'dsr requests cancel \(id)' closes the request"
            )
        case .failed: .allowed
        case .pending where isPostponed: .allowed
        case .pending: .unchanged("The request is already in the queue.")
        case .waiting:
            .notAllowed("request \(id) is waiting; 'dsr requests show \(id)' says for what, and what opens the gate")
        case .refused where refusalGround != nil && refusalToldOn == nil:
            .notAllowed(
                "\(statement); only failed or postponed requests can be retried, and 'dsr requests reopen \(id)' takes the "
                    + "refusal back"
            )
        case .running, .completed, .refused, .cancelled:
            .notAllowed("\(statement); only failed or postponed requests can be retried")
        }
    }

    // MARK: - By state

    /// For decisions about a request that is in the queue and not being processed.
    private func whileInQueue(_ decision: String) -> Decision.Verdict? {
        switch state {
        case .pending, .waiting: nil
        case .failed:
            .notAllowed("\(statement); \(decision) once it is back in the queue ('dsr requests retry \(id)')")
        case .running, .completed, .refused, .cancelled:
            .notAllowed("\(statement); \(decision) only while the request is pending or waiting")
        }
    }

    /// For decisions about a request that is not answered and not withdrawn.
    private func whileOpen(_ decision: String) -> Decision.Verdict? {
        switch state {
        case .pending, .waiting, .running, .failed: nil
        case .completed, .refused, .cancelled: .notAllowed("\(statement); \(decision) only while the request is open")
        }
    }

    /// For decisions that end a request without an answer.
    private func unlessEnded(_ decided: String) -> Decision.Verdict? {
        switch state {
        case .running:
            return .notAllowed("\(statement); it can be \(decided) after that run has ended")
        case .completed, .refused, .cancelled:
            return .notAllowed("\(statement); only a pending, waiting or failed request can be \(decided)")
        case .pending, .waiting, .failed:
            guard mayHaveActed else { return nil }
            let check = state == .failed ? "run 'dsr requests retry \(id)' and 'dsr run'" : "run 'dsr run'"
            return .notAllowed(
                "the erasure of request \(id) may already have been carried out, so it cannot be \(decided); \(check) to "
                    + "find out"
            )
        }
    }

    private var statement: String {
        state == .running
            ? "run \(run.map(String.init) ?? "") is processing request \(id)" : "request \(id) is \(state.rawValue)"
    }
}
