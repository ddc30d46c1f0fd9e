/// The facts about a request on which decisions depend.
public struct RequestStatus: Sendable, Hashable {
    /// The row's number.
    public let id: Int64
    /// The right and the state.
    public let right: Right, state: RequestState
    /// The run that processes the request, if it is running.
    public let run: Int64?
    /// Whether the operator who decides also requested or submitted it, or has the name of the database role that
    /// inserted it. The database compares the names.
    public let requesterIsActor: Bool
    /// Today and the date of receipt, in the request's time zone, and the last date to tell the customer of an extension.
    public let today: CivilDate, receivedOn: CivilDate, noticeBy: CivilDate
    /// Whether the requester's identity is verified.
    public let isIdentityChecked: Bool
    /// The operator who approved the request, if it has not changed since.
    public let approvedBy: String?
    /// The date on which the customer was told of an extension.
    public let extensionToldOn: CivilDate?
    /// The ground of a refusal, and the date on which the customer was told.
    public let refusalGround: RefusalGround?, refusalToldOn: CivilDate?
    /// Whether a deletion may have been carried out although no answer came.
    public let mayHaveActed: Bool
    /// Whether the request is pending but may only be claimed later.
    public let isPostponed: Bool
    /// Whether the identifier is gone, because another request erased the customer.
    public let isForgotten: Bool
    /// The intervals in which the controller waits for the customer.
    public let suspensions: [Suspension]

    /// The facts about a request at one instant.
    public init(
        id: Int64,
        right: Right,
        state: RequestState,
        run: Int64? = nil,
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
        isPostponed: Bool = false,
        isForgotten: Bool = false,
        suspensions: [Suspension] = []
    ) {
        self.id = id
        self.right = right
        self.state = state
        self.run = run
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
        self.isPostponed = isPostponed
        self.isForgotten = isForgotten
        self.suspensions = suspensions
    }
}
