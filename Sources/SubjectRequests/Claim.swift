/// One claim of one request by a run. A result is recorded only if its claim is still the current one.
public struct Claim: Sendable, Hashable {
    /// The request's number.
    public let request: Int64
    /// The number of the claim. It only grows, so a late result is never recorded under a later claim.
    public let number: Int
    /// Failures that count against the request's budget so far.
    public let failures: Int
    /// Whether a deletion of an earlier claim may have been carried out although no answer came.
    public let mayHaveActed: Bool

    /// A claim, with what earlier claims of the request left.
    public init(request: Int64, number: Int, failures: Int = 0, mayHaveActed: Bool = false) {
        self.request = request
        self.number = number
        self.failures = failures
        self.mayHaveActed = mayHaveActed
    }
}
