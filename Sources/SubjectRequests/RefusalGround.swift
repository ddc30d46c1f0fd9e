/// A legal ground on which a controller refuses a request (Art. 12(4) GDPR).
public enum RefusalGround: String, Sendable, Hashable, CaseIterable {
    /// The controller cannot identify the customer in its data.
    case notIdentifiable = "art11_2"
    /// The request is manifestly unfounded; the controller must be able to show it.
    case unfounded = "art12_5_unfounded"
    /// The request is manifestly excessive; the controller must be able to show it.
    case excessive = "art12_5_excessive"
    /// There are reasonable doubts about the requester's identity, and they were not resolved.
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
    /// A transfer of the data would harm the rights and freedoms of others.
    case rightsOfOthersInPortability = "art20_4"

    /// The article that states the ground.
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

    /// The only right that the ground applies to; `nil` if it applies to all.
    public var right: Right? {
        switch self {
        case .notIdentifiable, .unfounded, .excessive, .identityDoubtful: nil
        case .rightsOfOthers: .access
        case .expression, .obligation, .publicHealth, .archiving, .claims: .erasure
        case .rightsOfOthersInPortability: .portability
        }
    }
}
