/// A reason of Art. 17(3) GDPR to keep a customer's data although its erasure was requested.
public struct LegalHold: Sendable, Hashable {
    /// The points of Art. 17(3).
    public enum Ground: String, Sendable, Hashable, CaseIterable {
        /// The points: (a) expression and information, (b) legal obligation or public task, (c) public health,
        /// (d) archiving and research, (e) legal claims.
        case a, b, c, d, e
    }

    /// The point of Art. 17(3).
    public var ground: Ground
    /// The law that requires it, for example `section 147 AO`.
    public var sourceOfLaw: String
    /// The date on which an operator must check whether the hold is still right.
    public var reviewOn: CivilDate
    /// Its last day, where the law sets one; otherwise the hold lasts until it is released.
    public var expiresOn: CivilDate?

    /// A hold.
    public init(ground: Ground, sourceOfLaw: String, reviewOn: CivilDate, expiresOn: CivilDate? = nil) {
        self.ground = ground
        self.sourceOfLaw = sourceOfLaw
        self.reviewOn = reviewOn
        self.expiresOn = expiresOn
    }
}
