public import Foundation

/// The fields of a log entry that the audit reads.
public struct LeafFields: Decodable, Sendable {
    /// The version of the format, 1.
    public let v: Int
    /// The entry's index in the log.
    public let index: Int64
    /// The time of writing, RFC 3339, UTC.
    public let time: String
    /// What happened.
    public let event: String
    /// The request, its right, and the claim's number.
    public let request: Int64?, right: String?, claim: Int?
    /// The request's new state, and its outcome.
    public let state: String?, outcome: String?
    /// The action that was announced.
    public let action: String?
    /// Of a purge: payloads of entries before this index were dropped.
    public let before: Int64?

    /// Parses the payload of a log entry.
    ///
    /// - Returns: `nil` if the bytes are not a log entry.
    public init?(_ payload: Data) {
        guard let fields = try? JSONDecoder().decode(LeafFields.self, from: payload) else { return nil }
        self = fields
    }
}
