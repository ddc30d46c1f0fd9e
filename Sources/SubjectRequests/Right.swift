/// What a data subject asks for: one right of Chapter III of the GDPR.
public enum Right: String, Sendable, Hashable, CaseIterable {
    /// A copy of the personal data and what Art. 15(1) adds to it.
    case access
    /// The data the person provided, in a machine-readable form (Art. 20).
    case portability
    /// Inaccurate data put right (Art. 16).
    case rectification
    /// The data erased (Art. 17).
    case erasure
}
