/// Why a controller does not act on a request (Art. 12(4) GDPR).
public enum RefusalGround: String, Sendable, Hashable, CaseIterable {
    /// The controller cannot tell which data is the person's.
    case notIdentifiable = "art11_2"
    /// The request is manifestly unfounded; the controller must be able to show it.
    case unfounded = "art12_5_unfounded"
    /// The request is manifestly excessive; the controller must be able to show it.
    case excessive = "art12_5_excessive"
    /// There are reasonable doubts about who asks, and they were not dispelled.
    case identityDoubtful = "art12_6"
    /// A copy would harm the rights and freedoms of others.
    case rightsOfOthers = "art15_4"
    /// Freedom of expression and information.
    case expression = "art17_3_a"
    /// A legal obligation, or a task in the public interest.
    case obligation = "art17_3_b"
    /// Public health.
    case publicHealth = "art17_3_c"
    /// Archiving, research or statistics.
    case archiving = "art17_3_d"
    /// Legal claims.
    case claims = "art17_3_e"
    /// Handing over the data would harm the rights and freedoms of others.
    case rightsOfOthersInPortability = "art20_4"

    /// Where it stands.
    public var article: String {
        switch self {
        case .notIdentifiable: "Art. 11(2) GDPR"
        case .unfounded, .excessive: "Art. 12(5) GDPR"
        case .identityDoubtful: "Art. 12(6) GDPR"
        case .rightsOfOthers: "Art. 15(4) GDPR"
        case .expression: "Art. 17(3)(a) GDPR"
        case .obligation: "Art. 17(3)(b) GDPR"
        case .publicHealth: "Art. 17(3)(c) GDPR"
        case .archiving: "Art. 17(3)(d) GDPR"
        case .claims: "Art. 17(3)(e) GDPR"
        case .rightsOfOthersInPortability: "Art. 20(4) GDPR"
        }
    }

    /// The one right that it is a ground against; `nil` where it may be any.
    public var right: Right? {
        switch self {
        case .notIdentifiable, .unfounded, .excessive, .identityDoubtful: nil
        case .rightsOfOthers: .access
        case .expression, .obligation, .publicHealth, .archiving, .claims: .erasure
        case .rightsOfOthersInPortability: .portability
        }
    }
}

/// How somebody made sure who asks. A document that was shown is never kept, nor its number.
public enum IdentityMethod: String, Sendable, Hashable, CaseIterable {
    /// The person was logged in to their account.
    case accountLogin = "account_login"
    /// They confirmed it from the e-mail address on file.
    case emailConfirmed = "email_confirmed"
    /// They were called back on the number on file.
    case calledBack = "called_back"
    /// They knew something that only the person knows.
    case knownSecret = "known_secret"
    /// They showed a document.
    case documentShown = "document_shown"
    /// They came in person.
    case inPerson = "in_person"
}
