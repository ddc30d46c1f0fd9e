/// A right of Chapter III of the GDPR that a customer exercises.
public enum Right: String, Sendable, Hashable, CaseIterable {
    /// A copy of the personal data, with the information of Art. 15(1).
    case access
    /// The data that the customer provided, in a machine-readable format (Art. 20).
    case portability
    /// The correction of inaccurate data (Art. 16).
    case rectification
    /// The erasure of the data (Art. 17).
    case erasure

    /// Whether the answer is a copy of data.
    public var isAnsweredWithData: Bool { self == .access || self == .portability }
}
