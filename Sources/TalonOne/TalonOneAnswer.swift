public import Foundation

/// A successful answer of the API: its operation, its status and its exact bytes.
public struct TalonOneAnswer: Sendable {
    /// The HTTP status, one that the operation declares as success.
    public let status: Int
    /// The body as it came; empty for 204. If the operation promises a body, it is valid UTF-8 and one JSON object.
    public let body: Data
    /// The operation that was answered.
    public let operation: Operation
}
