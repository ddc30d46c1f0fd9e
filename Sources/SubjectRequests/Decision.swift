/// What a person decides about one request.
public enum Decision: Sendable, Hashable {
    /// Somebody has made sure who asks.
    case identityChecked(IdentityMethod, by: String)
    /// Somebody other than the requester has approved the erasure.
    case approved(by: String)
    /// The person was told that it takes two months more.
    case extended(toldOn: CivilDate)
    /// The controller does not act; told on that day, where the person has been told already.
    case refused(RefusalGround, toldOn: CivilDate?)
    /// The person has withdrawn it.
    case cancelled
    /// A failed request is to be tried again, and one that was to be tried later at once.
    case retried
    /// The person was asked something.
    case suspended(Suspension.Cause, askedOn: CivilDate)
    /// They have answered.
    case resumed(Suspension.Cause, answeredOn: CivilDate)

    /// The decision in one word, as the evidence has it.
    public var event: String {
        switch self {
        case .identityChecked: "identity_checked"
        case .approved: "approved"
        case .extended: "extended"
        case .refused: "refused"
        case .cancelled: "cancelled"
        case .retried: "retried"
        case .suspended: "suspended"
        case .resumed: "resumed"
        }
    }

    /// What a decision comes to.
    public enum Verdict: Sendable, Hashable {
        /// It is carried out.
        case allowed
        /// It was made before; nothing is to be done. The sentence says since when or by whom.
        case unchanged(String)
        /// The request's state does not allow it. The sentence says what does.
        case notAllowed(String)
    }
}

/// A request as far as decisions depend on it.
public struct RequestStatus: Sendable, Hashable {
    /// The row's number.
    public let id: Int64
    /// The right and the state.
    public let right: Right, state: RequestState
    /// The run that works it, where one does.
    public let run: Int64?
    /// Who asked for it.
    public let requestedBy: String?
    /// Whether the operator who decides is the requester, by the database's rule for names.
    public let requesterIsActor: Bool
    /// Today, and the day of receipt, in the request's time zone; and the last day to tell the person of an extension.
    public let today: CivilDate, receivedOn: CivilDate, noticeBy: CivilDate
    /// Whether somebody has made sure who asks.
    public let isIdentityChecked: Bool
    /// Who approved it, where the approval is of what it asks for now.
    public let approvedBy: String?
    /// The day on which the person was told of an extension.
    public let extensionToldOn: CivilDate?
    /// Why it was refused, and when the person was told.
    public let refusalGround: RefusalGround?, refusalToldOn: CivilDate?
    /// Whether an erasure call may have been carried out.
    public let mayHaveActed: Bool
    /// Whether it is to be tried later.
    public let isToBeTriedLater: Bool
    /// Whether nobody knows any more whom it is about, because the person was erased at another request.
    public let isForgotten: Bool
    /// The intervals in which the person was waited for.
    public let suspensions: [Suspension]

    /// A request as it stands at an instant.
    public init(
        id: Int64,
        right: Right,
        state: RequestState,
        run: Int64? = nil,
        requestedBy: String? = nil,
        requesterIsActor: Bool = false,
        today: CivilDate,
        receivedOn: CivilDate,
        noticeBy: CivilDate,
        isIdentityChecked: Bool = false,
        approvedBy: String? = nil,
        extensionToldOn: CivilDate? = nil,
        refusalGround: RefusalGround? = nil,
        refusalToldOn: CivilDate? = nil,
        mayHaveActed: Bool = false,
        isToBeTriedLater: Bool = false,
        isForgotten: Bool = false,
        suspensions: [Suspension] = []
    ) {
        self.id = id
        self.right = right
        self.state = state
        self.run = run
        self.requestedBy = requestedBy
        self.requesterIsActor = requesterIsActor
        self.today = today
        self.receivedOn = receivedOn
        self.noticeBy = noticeBy
        self.isIdentityChecked = isIdentityChecked
        self.approvedBy = approvedBy
        self.extensionToldOn = extensionToldOn
        self.refusalGround = refusalGround
        self.refusalToldOn = refusalToldOn
        self.mayHaveActed = mayHaveActed
        self.isToBeTriedLater = isToBeTriedLater
        self.isForgotten = isForgotten
        self.suspensions = suspensions
    }
}
