/// How one claim of a request ended: what is recorded about it.
///
/// Made from the ``SubjectRequest`` by ``SubjectRequest/completed(_:)`` and its siblings, so that what earlier claims
/// left is carried over.
public struct Resolution: Sendable {
    /// The claim that ends.
    public let claim: Claim
    /// The right that was exercised; `nil` where the row could not be read.
    public let right: Right?
    /// How it ends.
    public let end: End
    /// Whether a deletion may have been carried out although no answer came. The next claim reads before it deletes.
    public let mayHaveActed: Bool
    /// API requests sent under this claim.
    public var calls = 0

    /// The ways in which a claim ends.
    public enum End: Sendable {
        /// The request is answered.
        case completed(Completion)
        /// An operator must act, for that reason.
        case failed(Setback?, reason: String)
        /// The row can never be processed, for that reason.
        case refused(InvalidRequest)
        /// The request goes back to the queue.
        case returned(Return)
        /// The answer was found and is held back until that gate opens; then the request is processed again.
        case heldBack(Gate, reason: String)
    }

    /// The outcomes that answer a request, each with what belongs to it.
    public enum Completion: Sendable {
        /// The inventory was read; the documents hold it.
        case exported([Document])
        /// Talon.One knows no such customer; the documents say so. How long the identifier is kept after that.
        case noData([Document], keptFor: Duration = .zero)
        /// The changes were made and read back; the letter says so. The attributes' names, where the evidence log is to have
        /// them.
        case rectified([Document] = [], attributes: [String])
        /// The data was deleted, and the read-back found nothing of the customer's; the confirmation says so.
        case erased([Document], Recheck?)
        /// The data was deleted, and the read-back found the record itself: sections and kinds of data, never values. The
        /// confirmation names what stays.
        case recordRemains([Document], Recheck?, [String])
        /// There was nothing to delete, and an earlier deletion by dsr explains it.
        case alreadyAbsent([Document], Recheck?)
    }

    /// The outcomes that do not answer a request, each with what belongs to it.
    public enum Setback: Sendable {
        /// The changes were sent, and the read-back differs; the attributes' names, where the log is to have them.
        case notApplied(attributes: [String])
        /// The deletion was sent, and the read-back still holds something: sections and kinds of data, never values.
        case residualData([String])
        /// The request repeats an erasure, and the customer registered anew after it.
        case registeredAnew
        /// An API request that changes data was sent, and no answer came.
        case outcomeUnknown
        /// The API refused the request, and would do so again.
        case refusedByAPI
    }

    /// How a request goes back to the queue.
    public struct Return: Sendable {
        /// What was found out; `nil` where nothing was.
        public var setback: Setback?
        /// One sentence for operators, free of personal data; `nil` where nothing went wrong.
        public var reason: String?
        /// The shortest time before it may be claimed again.
        public var wait: Duration?
        /// Whether this claim counts against the request's budget of failures.
        public var countsAsFailure: Bool

        /// A return to the queue, by default as the request was.
        public init(
            setback: Setback? = nil,
            reason: String? = nil,
            wait: Duration? = nil,
            countsAsFailure: Bool = false
        ) {
            self.setback = setback
            self.reason = reason
            self.wait = wait
            self.countsAsFailure = countsAsFailure
        }
    }

    fileprivate init(_ claim: Claim, _ right: Right?, _ end: End, mayHaveActed: Bool) {
        self.claim = claim
        self.right = right
        self.end = end
        self.mayHaveActed = mayHaveActed
    }
}

// MARK: - From a request

extension SubjectRequest {
    /// The request is answered.
    public func completed(_ completion: Resolution.Completion) -> Resolution {
        Resolution(claim, right, .completed(completion), mayHaveActed: false)
    }

    /// The request needs action.
    ///
    /// - Parameter mayHaveActed: Whether a deletion of this claim may have been carried out.
    public func failed(_ setback: Resolution.Setback?, reason: String, mayHaveActed: Bool = false) -> Resolution {
        Resolution(claim, right, .failed(setback, reason: reason), mayHaveActed: remembers(mayHaveActed))
    }

    /// The request goes back to the queue.
    ///
    /// - Parameter mayHaveActed: Whether a deletion of this claim may have been carried out.
    public func returned(_ how: Resolution.Return = .init(), mayHaveActed: Bool = false) -> Resolution {
        Resolution(claim, right, .returned(how), mayHaveActed: remembers(mayHaveActed))
    }

    private func remembers(_ mayHaveActed: Bool) -> Bool {
        right == .erasure && (claim.mayHaveActed || mayHaveActed)
    }
}

extension Claim {
    /// The claimed row can never be processed.
    public func refused(_ reason: InvalidRequest) -> Resolution {
        Resolution(self, nil, .refused(reason), mayHaveActed: false)
    }
}

extension Resolution {
    /// Whether it says that Talon.One does not know the customer.
    public var isUnknownCustomer: Bool {
        if case .completed(.noData) = end { true } else { false }
    }

    /// Whether it says that Talon.One knows the customer.
    public var isKnownCustomer: Bool {
        switch outcome {
        case .exported, .rectified, .notApplied, .erased, .recordRemains, .residualData, .registeredAnew: true
        case .noData, .alreadyAbsent, .outcomeUnknown, .refusedByAPI, nil: false
        }
    }

    /// The same claim of a request that was only read, whose answer is held back until a gate opens.
    public func heldBack(behind gate: Gate, reason: String) -> Resolution {
        replacing(.heldBack(gate, reason: reason))
    }

    /// The same claim of a request that was only read, which goes back to the queue unanswered.
    public func returned() -> Resolution {
        replacing(.returned(Return()))
    }

    private func replacing(_ end: End) -> Resolution {
        var resolution = Resolution(claim, right, end, mayHaveActed: right == .erasure && claim.mayHaveActed)
        resolution.calls = calls
        return resolution
    }

    /// The same claim, failed because its result cannot be stored. A deletion may have been carried out.
    public func unstorable(reason: String) -> Resolution {
        var resolution = Resolution(claim, right, .failed(setback, reason: reason), mayHaveActed: right == .erasure)
        resolution.calls = calls
        return resolution
    }
}

// MARK: - As it is recorded

extension Resolution {
    /// The state the request moves to.
    public var state: RequestState {
        switch end {
        case .completed: .completed
        case .failed: .failed
        case .refused: .refused
        case .returned: .pending
        case .heldBack: .waiting
        }
    }

    /// The gate that the request waits for from now on.
    public var waitingFor: Gate? {
        if case .heldBack(let gate, _) = end { gate } else { nil }
    }

    /// What was found out; `nil` where nothing was.
    public var outcome: Outcome? {
        switch end {
        case .completed(let completion): completion.outcome
        case .failed, .returned: setback?.outcome
        case .refused, .heldBack: nil
        }
    }

    /// One sentence for operators, free of personal data.
    public var reason: String? {
        switch end {
        case .completed: nil
        case .failed(_, let reason): reason
        case .refused(let invalid): invalid.reason
        case .returned(let how): how.reason
        case .heldBack(_, let reason): reason
        }
    }

    /// The shortest time before the request may be claimed again.
    public var wait: Duration? {
        guard case .returned(let how) = end else { return nil }
        return how.wait
    }

    /// Failures that count against the request's budget, this claim's included.
    public var failures: Int {
        guard case .returned(let how) = end, how.countsAsFailure else { return claim.failures }
        return claim.failures + 1
    }

    /// After an erasure: the sections and kinds of data that are left.
    public var remains: [String] {
        if case .completed(.recordRemains(_, _, let kinds)) = end { return kinds }
        guard case .residualData(let kinds) = setback else { return [] }
        return kinds
    }

    /// For a rectification: the names of attributes that the evidence log is to have.
    public var attributes: [String] {
        switch end {
        case .completed(.rectified(_, let names)), .failed(.notApplied(let names), _): names
        case .completed, .failed, .refused, .returned, .heldBack: []
        }
    }

    /// For an erasure: the recheck that follows it.
    public var recheck: Recheck? {
        switch end {
        case .completed(.erased(_, let recheck)), .completed(.recordRemains(_, let recheck, _)),
            .completed(.alreadyAbsent(_, let recheck)):
            recheck
        case .completed, .failed, .refused, .returned, .heldBack: nil
        }
    }

    /// Whether what is kept about the customer outside the evidence log is deleted with this result: their erasure is final.
    public var forgetsSubject: Bool {
        guard case .completed = end else { return false }
        return right == .erasure && !isUnknownCustomer
    }

    /// Where the customer is unknown: how long the identifier is kept, so that it can be looked up again.
    public var identifierKeptFor: Duration? {
        if case .completed(.noData(_, let duration)) = end { duration } else { nil }
    }

    /// The documents that commit with the result.
    public var documents: [Document] {
        guard case .completed(let completion) = end else { return [] }
        return switch completion {
        case .exported(let documents), .noData(let documents, _), .erased(let documents, _),
            .recordRemains(let documents, _, _), .alreadyAbsent(let documents, _), .rectified(let documents, _):
            documents
        }
    }

    private var setback: Setback? {
        switch end {
        case .failed(let setback, _): setback
        case .returned(let how): how.setback
        case .completed, .refused, .heldBack: nil
        }
    }
}

extension Resolution.Completion {
    /// The outcome.
    public var outcome: Outcome {
        switch self {
        case .exported: .exported
        case .noData: .noData
        case .rectified: .rectified
        case .erased: .erased
        case .recordRemains: .recordRemains
        case .alreadyAbsent: .alreadyAbsent
        }
    }
}

extension Resolution.Setback {
    /// The outcome.
    public var outcome: Outcome {
        switch self {
        case .notApplied: .notApplied
        case .residualData: .residualData
        case .registeredAnew: .registeredAnew
        case .outcomeUnknown: .outcomeUnknown
        case .refusedByAPI: .refusedByAPI
        }
    }
}
