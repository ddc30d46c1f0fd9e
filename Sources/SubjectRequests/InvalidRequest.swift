/// Why a request cannot be processed as it is. The reason is one sentence that quotes nothing of the request.
public struct InvalidRequest: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, without a full stop.
    public let reason: String

    /// An error with a reason.
    ///
    /// - Parameter reason: What is wrong; never a value of the request.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// The reason.
    public var description: String { reason }
}
