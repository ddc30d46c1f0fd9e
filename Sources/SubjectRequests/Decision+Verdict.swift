extension Decision {
    /// Whether the decision can be made about a request, made twice, or not made.
    public func verdict(on request: RequestStatus) -> Verdict {
        if let problem = day.flatMap(request.problem(of:)) { return .notAllowed(problem) }
        return switch self {
        case .identityChecked: request.checkIdentity()
        case .approved(let approver): request.approve(by: approver)
        case .extended(let toldOn): request.extend(toldOn: toldOn)
        case .refused(let ground, let toldOn): request.refuse(ground, toldOn: toldOn)
        case .cancelled: request.cancel()
        case .retried: request.retry()
        case .suspended(let cause, _): request.suspend(cause)
        case .resumed(let cause, let answeredOn): request.resume(cause, answeredOn: answeredOn)
        }
    }

    /// The day that the decision is of, where it is of one.
    private var day: CivilDate? {
        switch self {
        case .extended(let day), .suspended(_, let day), .resumed(_, let day): day
        case .refused(_, let day): day
        case .identityChecked, .approved, .cancelled, .retried: nil
        }
    }
}

extension RequestStatus {
    fileprivate func problem(of day: CivilDate) -> String? {
        if day > today { return "\(day) lies in the future" }
        if day < receivedOn { return "request \(id) was received on \(receivedOn), and \(day) is before that" }
        return nil
    }

    // MARK: - Gates

    fileprivate func checkIdentity() -> Decision.Verdict {
        if isIdentityChecked { return .unchanged("The identity was checked before.") }
        return whileUnanswered("an identity is checked") ?? .allowed
    }

    fileprivate func approve(by approver: String) -> Decision.Verdict {
        guard right == .erasure else {
            return .notAllowed("request \(id) asks for \(right.rawValue), and only erasures are approved")
        }
        if let approvedBy { return .unchanged("It was approved before, by \(approvedBy).") }
        if let requestedBy, requestedBy.isSamePerson(as: approver) {
            return .notAllowed(
                "request \(id) was requested by \(requestedBy), and an erasure is approved by somebody else"
            )
        }
        return whileInTheQueue("an erasure is approved") ?? .allowed
    }

    fileprivate func suspend(_ cause: Suspension.Cause) -> Decision.Verdict {
        if let open = open(cause) { return .unchanged("The person was asked on \(open.askedOn) and has not answered.") }
        if cause == .identity, isIdentityChecked {
            return .notAllowed(
                "the identity of who asks for request \(id) is checked; there is nothing to ask any more"
            )
        }
        return whileInTheQueue("the person is asked something") ?? .allowed
    }

    fileprivate func resume(_ cause: Suspension.Cause, answeredOn: CivilDate) -> Decision.Verdict {
        guard let open = open(cause) else { return .unchanged("No question to the person is open.") }
        if answeredOn < open.askedOn {
            return .notAllowed("the person was asked on \(open.askedOn), and \(answeredOn) is before that")
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
                ? .unchanged("It was extended before; the person was told on \(toldOn).")
                : .notAllowed("request \(id) was extended before, told on \(extensionToldOn); it is extended once")
        }
        if let verdict = whileUnanswered("a period is extended") { return verdict }
        guard today <= noticeBy else {
            return .notAllowed(
                "the first month of request \(id) was over on \(noticeBy); until then the person can be told of an "
                    + "extension, and not after (Art. 12(3) GDPR)"
            )
        }
        return .allowed
    }

    // MARK: - Ends

    fileprivate func refuse(_ ground: RefusalGround, toldOn: CivilDate?) -> Decision.Verdict {
        if state == .refused {
            guard let refusalGround else {
                return .notAllowed("request \(id) was malformed and is refused for that; a new request can be refused")
            }
            guard refusalGround == ground else {
                return .notAllowed(
                    "request \(id) was refused before, on \(refusalGround.article); that stays its ground"
                )
            }
            if toldOn != nil, refusalToldOn == nil { return .allowed }
            return .unchanged(
                "It was refused before" + (refusalToldOn.map { "; the person was told on \($0)." } ?? ".")
            )
        }
        if let only = ground.right, only != right {
            return .notAllowed(
                "\(ground.article) is a ground against \(only.rawValue), and request \(id) asks for \(right.rawValue)"
            )
        }
        return unlessDone("refused") ?? .allowed
    }

    fileprivate func cancel() -> Decision.Verdict {
        if state == .cancelled { return .unchanged("It was cancelled before.") }
        return unlessDone("cancelled") ?? .allowed
    }

    fileprivate func retry() -> Decision.Verdict {
        switch state {
        case .failed where isForgotten:
            .notAllowed(
                "the person of request \(id) was erased at another request and is forgotten, so there is nobody to ask the "
                    + "API for; 'dsr requests cancel \(id)' closes it"
            )
        case .failed: .allowed
        case .pending where isToBeTriedLater: .allowed
        case .pending: .unchanged("It is in the queue.")
        case .waiting:
            .notAllowed("request \(id) is waiting; 'dsr requests show \(id)' says what for, and what opens that")
        case .running, .completed, .refused, .cancelled:
            .notAllowed("\(whereItStands); what failed, or is to be tried later, is tried again")
        }
    }

    // MARK: - Where it stands

    /// For what is decided of a request that no run works and that has not ended.
    private func whileInTheQueue(_ what: String) -> Decision.Verdict? {
        switch state {
        case .pending, .waiting: nil
        case .failed: .notAllowed("\(whereItStands); \(what) once it is back in the queue ('dsr requests retry \(id)')")
        case .running, .completed, .refused, .cancelled:
            .notAllowed("\(whereItStands); \(what) while the request is pending or waiting")
        }
    }

    /// For what is decided of a request as long as the person has no answer.
    private func whileUnanswered(_ what: String) -> Decision.Verdict? {
        switch state {
        case .pending, .waiting, .running, .failed: nil
        case .completed, .refused, .cancelled: .notAllowed("\(whereItStands); \(what) while the request is open")
        }
    }

    /// For what ends a request without an answer.
    private func unlessDone(_ what: String) -> Decision.Verdict? {
        switch state {
        case .running:
            return .notAllowed("\(whereItStands); it can be \(what) when that run has ended")
        case .completed, .refused, .cancelled:
            return .notAllowed("\(whereItStands); only a request that is pending, waiting or failed is \(what)")
        case .pending, .waiting, .failed:
            guard !mayHaveActed else {
                return .notAllowed(
                    "the erasure of request \(id) may have been carried out, so it cannot be \(what); 'dsr run' finds out"
                        + (state == .failed ? ", after 'dsr requests retry \(id)'" : "")
                )
            }
            return nil
        }
    }

    private var whereItStands: String {
        state == .running
            ? "run \(run.map(String.init) ?? "") works request \(id) now" : "request \(id) is \(state.rawValue)"
    }
}

extension String {
    /// Names are compared as people write them: without regard to case and white space around them.
    fileprivate func isSamePerson(as other: String) -> Bool {
        func plain(_ name: String) -> String {
            name.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        }
        return plain(self) == plain(other)
    }
}
