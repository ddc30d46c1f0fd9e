/// How many decisions of one kind were made by operators with one role.
///
/// It holds no name. An operator may be a customer too, and the name of an operator or of a personal database role says who
/// that is. Who decided on one request is in 'dsr requests show', for those who may read it.
public struct DecisionCount: Sendable, Hashable {
    /// What a database role may do, which says in which capacity its user decided.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        /// May decide on requests and holds, and not approve erasures.
        case `operator`
        /// May approve erasures, and not decide otherwise.
        case approver
        /// May do both: the owner of the schema, or a superuser.
        case owner
        /// May do neither any more, or no longer exists.
        case former
    }

    /// The kinds of decisions.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// About a request.
        case identityChecked = "identity_checked"
        case approved, extended, refused, reopened, cancelled, retried, suspended, resumed
        /// About a legal hold.
        case held, reviewed, released
        /// About an incident.
        case incidentClosed = "incident_closed"
        /// One that this version of dsr does not know.
        case other
    }

    /// What was decided.
    public let kind: Kind
    /// In which capacity.
    public let role: Role
    /// How many decisions.
    public let count: Int

    /// Collects a count; nothing is checked.
    public init(kind: Kind, role: Role, count: Int) {
        self.kind = kind
        self.role = role
        self.count = count
    }
}
