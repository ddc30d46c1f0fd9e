public import Foundation

/// What a leaf's payload says, as far as the audit and receipts read it.
public struct LeafFields: Decodable, Sendable {
    /// The format's version, 1.
    public let v: Int
    /// The leaf's place in the log.
    public let index: Int64
    /// When it was written, RFC 3339, UTC.
    public let time: String
    /// What happened.
    public let event: String
    /// The request, its right, and the number of the claim.
    public let request: Int64?, right: String?, claim: Int?
    /// Where the request went, and what was found out.
    public let state: String?, outcome: String?
    /// What a call was about to do.
    public let action: String?
    /// For a purge: payloads before this index were dropped.
    public let before: Int64?

    /// - Returns: `nil` where the bytes are not a leaf's.
    public init?(_ payload: Data) {
        guard let fields = try? JSONDecoder().decode(LeafFields.self, from: payload) else { return nil }
        self = fields
    }
}
