/// Which of Talon.One's two sets of data is meant. Credentials, queue and documents belong to one of them.
public enum Environment: String, Sendable, Hashable, CaseIterable {
    /// The data of real customers.
    case live
    /// Test data.
    case sandbox
}
