public import SubjectRequests

/// A position in the queue, in order of deadlines. A claim never looks back at rows before its cursor.
public struct ClaimCursor: Sendable, Hashable {
    /// The deadline and number of the last row that was seen.
    public let answerBy: CivilDate, id: Int64

    /// The position after a row.
    public init(answerBy: CivilDate, id: Int64) {
        self.answerBy = answerBy
        self.id = id
    }

    /// Before the first row.
    public static let start = ClaimCursor(answerBy: .earliest, id: 0)
}

/// The requests that a claim asks for.
public struct ClaimQuery: Sendable, Hashable {
    /// The position after which rows are claimed.
    public var cursor: ClaimCursor
    /// The largest number of rows.
    public var limit: Int
    /// The requests that may be claimed.
    public var scope: Scope
    /// Whether the brake holds erasures back.
    public var isBraked: Bool
    /// Whether to claim only requests that runs crashed with. They are processed one at a time, so that one that crashes
    /// its run affects no other request.
    public var onlySuspects: Bool

    /// A claim of up to `limit` requests.
    public init(
        cursor: ClaimCursor = .start,
        limit: Int,
        scope: Scope,
        isBraked: Bool = false,
        onlySuspects: Bool = false
    ) {
        self.cursor = cursor
        self.limit = limit
        self.scope = scope
        self.isBraked = isBraked
        self.onlySuspects = onlySuspects
    }
}

/// The result of one claim.
public struct ClaimedGroup: Sendable {
    /// The claimed requests, earliest deadline first.
    public let requests: [SubjectRequest]
    /// Claimed rows that cannot be processed.
    public let unreadable: [UnreadableRequest]
    /// Rows that wait from now on, because a gate has closed since their admission.
    public let gated: Int
    /// The position for the next claim.
    public let cursor: ClaimCursor
    /// Whether the run holds its lease. Where it does not, nothing was claimed.
    public let holdsLease: Bool

    /// A result.
    public init(
        requests: [SubjectRequest] = [],
        unreadable: [UnreadableRequest] = [],
        gated: Int = 0,
        cursor: ClaimCursor = .start,
        holdsLease: Bool = true
    ) {
        self.requests = requests
        self.unreadable = unreadable
        self.gated = gated
        self.cursor = cursor
        self.holdsLease = holdsLease
    }

    /// Whether there was nothing to claim.
    public var isEmpty: Bool { requests.isEmpty && unreadable.isEmpty && gated == 0 }
}

/// A claimed row that was changed after its admission so that it cannot be processed.
public struct UnreadableRequest: Sendable, Hashable {
    /// The claim.
    public let claim: Claim
    /// What is wrong with the row.
    public let reason: InvalidRequest

    /// A row and what is wrong with it.
    public init(claim: Claim, reason: InvalidRequest) {
        self.claim = claim
        self.reason = reason
    }
}
